// The page of one model: its state, and what is drawn anew when the state changes.

const data = readData(["backends", "devices", "speeds", "family"]);
const model = data.model;
const figures = makeFigures(data);
const state = { ...data.initial };
const placeName = data.backends[data.reference].is_cpu ? "memory" : "GPU memory";
const findDevices = makeDeviceFinder(data.devices, data.also_called);
let pins = [];  // ids

const classes = [
  { id: "gpus", className: "gpu", nouns: ["GPU", "GPUs"], caption: "GPUs that run it", limit: 25 },
  { id: "unified", className: "unified", nouns: ["unified-memory device", "unified-memory devices"], caption: "Unified-memory devices that run it", limit: 25 },
  { id: "servers", className: "server", nouns: ["server", "servers"], caption: "Servers of several GPUs that run it", limit: 10 },
  { id: "cpus", className: "cpu", nouns: ["processor", "processors"], caption: "Machines without a GPU", limit: 10 },
];

const tables = classes.filter((group) => data.devices.some((device) => device.class === group.className)).map((group) => ({
  ...group, rows: [],
  table: makeTable({
    id: group.id, host: byId(group.id).querySelector(".table"), columns: deviceColumns, filters: deviceFilters, caption: group.caption, nouns: group.nouns,
    limit: group.limit, idOf: (row) => row.device.id, search: (row) => `${row.device.name} ${row.device.id} ${row.device.vendor}`,
    onChange: () => { drawSpeedPictures(); keepState(); }, finder: findDevices, isPinned: (row) => pins.includes(row.id), csv: (rows) => csvOf(csvColumns, rows),
  }),
}));
const rowsOf = (id) => (tables.find((group) => group.id === id) || { rows: [] }).rows;
const shownOf = (id) => { const group = tables.find((candidate) => candidate.id === id); return group ? group.table.rows() : []; };

// ---- selectors and state

const selectors = [
  { key: "quantization", hash: "q", label: "Quantization", options: figures.quantizations.map((quantization) => quantization.name), values: figures.quantizations.map((quantization) => quantization.name) },
  { key: "context", hash: "c", label: "Context", options: figures.contexts.map(grouped), values: figures.contexts.map(String) },
  { key: "cache", hash: "k", label: "Cache type", options: figures.caches.map(cacheName), values: figures.caches.map((cache) => cacheName(cache).replace(" / ", "/")) },
  { key: "slots", hash: "np", label: "Slots", options: figures.slots.map(String), values: figures.slots.map(String) },
];

function makeSelectors() {
  for (const selector of selectors) {
    const { select, label } = selectOf(selector.label, selector.options, state[selector.key], (chosen) => choose(selector.key, chosen));
    select.id = `choose-${selector.key}`;
    selector.select = select;
    byId("selectors").append(label);
  }
}

function choose(key, chosen) {
  state[key] = chosen;
  drawState();
  keepState();
  announce(byId("lede").textContent);
}

const pairsOf = (ids) => [...selectors.map((selector) => [selector.hash, selector.values[state[selector.key]]]), ["pin", ids.join(",")]];
const keepState = () => writeHash([...pairsOf(pins), ...tables.flatMap((group) => group.table.hash())]);
const addressWith = (ids) => location.href.split("#")[0] + hashText(pairsOf(ids));

function restoreState() {
  const hash = readHash();
  for (const selector of selectors) {
    const found = selector.values.indexOf(hash.get(selector.hash));
    state[selector.key] = found >= 0 ? found : data.initial[selector.key];
    selector.select.value = state[selector.key];
  }
  pins = [...new Set((hash.get("pin") || "").split(","))].filter((id) => data.devices.some((device) => device.id === id)).slice(0, mostPins);
  for (const group of tables) group.table.restore(hash);
}

// Pins a device, or takes its pin away; the oldest pin goes where there are too many.
function pin(id) {
  const isNew = !pins.includes(id), star = document.activeElement && document.activeElement.closest("tr[data-id]");
  pins = isNew ? [...pins, id].slice(-mostPins) : pins.filter((other) => other !== id);
  drawState();
  drawAllWaiting();
  keepState();
  const device = data.devices.find((candidate) => candidate.id === id);
  announce(isNew ? cardFor(device).sentence : `${device.name} is no longer pinned.`);
  const again = star ? document.querySelector(`tr[data-id="${CSS.escape(id)}"] .pin`) : byId("machine-find");
  if (again) again.focus({ preventScroll: true });
}

const pinnedRows = () => pins.map((id) => figures.rowOf(data.devices.find((device) => device.id === id), state));
const cardFor = (device) => cardOf(figures.rowOf(device, state), { figures, s: state, scene: sceneText(), model });

// The answer in a sentence: at the head of the page, and read aloud when a selector changes it.
function summary(sum) {
  if (!sum) return "llama.cpp cannot run this combination of quantization, cache type and context.";
  const able = (id, one, many) => {
    const list = rowsOf(id), count = list.filter((row) => row.verdict < tooBig).length;
    if (!list.length) return null;
    return count ? `${grouped(count)} of ${plural(list.length, one, many)}` : `none of ${plural(list.length, one, many)}`;
  };
  const who = [able("gpus", "GPU", "GPUs"), able("unified", "unified-memory device", "unified-memory devices")].filter(Boolean);
  return `It needs ${gbText(sum.total)}${upTo(sum)} of ${placeName} ${sceneText()}` + (who.length ? `; ${listed(who)} can hold it.` : ".");
}

const upTo = (sum) => (sum.highest > sum.total ? ` (up to ${gb(sum.highest)})` : "");

// Pinned devices come first, in a sentence each.
const pinnedSummary = () => pinnedRows().map((row) => {
  const speed = known(row.decode) ? `, about ${rate(row.decode)} tokens per second` : "";
  const needs = row.required === null ? "" : ` (up to ${gb(row.required)} of ${gbText(row.usable)})`;
  return `On the ${row.device.name}: ${verdictWords[row.verdict]}${needs}${speed}. `;
}).join("");

// What calculator sites say for the whole context, where it is far from what is taken.
function drawSites() {
  const whole = { ...state, context: figures.contexts.length - 1 }, said = figures.sites(whole), sum = figures.headline(whole);
  const ratio = known(said) && sum ? said / sum.total : 1;
  byId("sites").hidden = ratio < 1.15 && ratio > 1 / 1.15;
  if (!byId("sites").hidden) setContent(byId("sites"), `Other sites say ${gbText(said)} for ${grouped(figures.contexts[whole.context])} tokens of context; llama.cpp takes ${gbText(sum.total)}.`);
}

// ---- what is drawn anew

function sceneText() {
  const cache = figures.caches[state.cache];
  const kept = cache.type_k === "f16" && cache.type_v === "f16" ? "" : `, ${cacheName(cache)} cache`;
  const slots = figures.parallel(state) > 1 ? `, ${plural(figures.parallel(state), "slot", "slots")}` : "";
  return `at ${figures.quantizations[state.quantization].name} with ${grouped(figures.contexts[state.context])} tokens of context${kept}${slots}`;
}

function drawHeadline(sum) {
  byId("headline").classList.toggle("impossible", !sum);
  setContent(byId("scene"), sceneText());
  if (!sum) {
    setContent(byId("total"), "Not possible");
    for (const id of ["sum", "bar", "bounds", "beside"]) setContent(byId(id));
    setContent(byId("range"), "llama.cpp cannot run this combination of quantization, cache type and context. Choose another above.");
    setContent(byId("host"));
    return;
  }
  const values = [sum.weights, sum.cache, sum.state, sum.compute, sum.driver];
  const texts = partsThatAddUp(values, sum.total);
  const names = ["weights", "KV cache", "state", "compute", "driver"], colours = [0, 1, 1, 2, 3];
  setContent(byId("total"), gbText(sum.total));
  setContent(byId("bounds"), sum.highest > sum.lowest ? `(${gb(sum.lowest)} to ${gb(sum.highest)})` : "");
  setContent(byId("beside"), data.beside ? bdi(`Beside the model: ${data.beside}.`) : "");
  setContent(byId("sum"), names.flatMap((name, i) => [i ? " + " : "= ", el("span", { class: "term" },
    el("i", { class: `swatch part-${colours[i]}`, "aria-hidden": "true" }), `${name} ${texts[i]}`)]));
  setContent(byId("bar"), values.map((value, i) => {
    const part = el("i", { class: `part-${colours[i]}` });
    part.style.flexGrow = value;
    return part;
  }));
  const kind = sum.backend.measured ? "" : " (not checked against real allocations)";
  const range = sum.highest > sum.lowest ? `${gbText(sum.lowest)} to ${gbText(sum.highest)}, as the driver\u2019s share differs; verdicts, tables and lines of cards take the upper bound. ` : "";
  setContent(byId("range"), range +
    `${data.runtime} on ${sum.backend.label}${kind}, ${plural(figures.parallel(state), "slot", "slots")}.`);
  setContent(byId("host"), known(sum.host) && !sum.backend.is_cpu ? `And ${gbText(sum.host)} of ordinary (host) memory.` : "");
}

function drawQuantizations() {
  const last = figures.contexts.length - 1, whole = grouped(figures.contexts[last]);
  const rows = figures.quantizations.map((quantization, q) => {
    const here = figures.headline({ ...state, quantization: q }), there = figures.headline({ ...state, quantization: q, context: last });
    const most = state.context === last ? null : el("td", { class: "number" }, there ? gbText(there.total) : "cannot run");
    const button = el("button", { type: "button", class: "link" }, bdi(quantization.name));
    button.addEventListener("click", () => {
      selectors[0].select.value = q;
      choose("quantization", q);
      byId("quantizations").querySelectorAll("tbody button")[q].focus();
    });
    const note = quantization.recommended ? el("small", null, " recommended") : null;
    const quality = known(quantization.quality_percent) ? `~${Math.round(quantization.quality_percent)} % ${quantization.quality || ""}` : quantization.quality || "\u2013";
    return el("tr", { "aria-current": q === state.quantization ? "true" : null },
      el("th", { scope: "row" }, button, note), el("td", { class: "number" }, quantization.bits_per_weight.toFixed(2)),
      el("td", { class: "number total" }, here ? [gbText(here.total), el("small", null, upTo(here))] : "cannot run"), most,
      el("td", { class: "number" }, orDash(quantization.file_bytes, gbText)), el("td", null, quality));
  });
  const heads = [["Quantization"], ["Bits", "number"], [`At ${grouped(figures.contexts[state.context])}`, "number"], ...(state.context === last ? [] : [[`At ${whole}`, "number"]]), ["File", "number"], ["Quality"]];
  setContent(byId("quantizations"), el("table", { class: "plain" }, el("caption", { class: "unseen" }, "Memory of each quantization"),
    el("thead", null, el("tr", null, heads.map(([text, kind]) => el("th", { scope: "col", class: kind }, text)))), el("tbody", null, rows)));
}

function drawTable(group) {
  group.table.setRows(group.rows);
  setContent(byId(group.id).querySelector(".counts"), figures.counts(group.rows).map((count, verdict) =>
    (verdict === cannotRun && !count ? null : el("li", { "data-verdict": verdictClasses[verdict] }, el("b", null, grouped(count)), " ", verdictMark(verdict)))));
}

function drawMachine() {
  const rows = pinnedRows();
  const page = { pin, model, quantization: figures.quantizations[state.quantization].name, address: addressWith };
  setContent(byId("cards"), rows.map((row) => cardElement(cardFor(row.device), page)));
  document.querySelectorAll("a[data-page]").forEach((link) => link.setAttribute("href", link.dataset.page + (pins.length ? `#pin=${pins.map(encodeURIComponent).join(",")}` : "")));
  setContent(byId("comparison"), rows.length > 1 ? comparison(rows[0], rows[1]) : "");
}

function drawCommands() {
  const commands = commandsOf(figures, state, model, pins);
  byId("command-lfmfit").textContent = commands.lfmfit;
  byId("command-server").textContent = commands.server;
}

const notPinned = (row) => !pins.includes(row.id);

const drawings = {
  quantization: makeFigure(byId("figure-quantization"), (width) => memoryByQuantization(figures, state, width)),
  context: makeFigure(byId("figure-context"), (width) => memoryByContext(figures, state, width)),
  device: makeFigure(byId("figure-device"), (width) => speedByDevice([...pinnedRows(), ...distinct(shownOf("gpus").filter(notPinned), 7, 0.001), ...distinct(shownOf("unified").filter(notPinned), 5, 0.001)], pins, width)),
  depth: makeFigure(byId("figure-depth"), (width) => speedByDepth(figures, state, [...pinnedRows(), ...distinct(shownOf("gpus").filter(notPinned), 3, 0.1), ...distinct(shownOf("unified").filter(notPinned), 2, 0.1)].slice(0, 5), width)),
};

const drawSpeedPictures = () => drawSoon(["device", "depth"].map((name) => [byId(`figure-${name}`), drawings[name]]));

function makePinSearch() {
  const input = byId("machine-find");
  const search = makeDeviceSearch({ input, suggestions: byId("machine-suggestions"), answer: byId("machine-answer"), devices: data.devices, finder: findDevices,
    choose: (device) => { input.value = ""; search.hint([], ""); if (!pins.includes(device.id)) pin(device.id); } });
  input.addEventListener("input", () => { const found = search.meant(input.value); search.hint(found, input.value); search.offer(found); announce(byId("machine-answer").textContent); });
  input.addEventListener("keydown", (event) => { const found = event.key === "Enter" ? search.meant(input.value) : []; if (found.length === 1) search.take(found[0]); });
}

function drawState() {
  const sum = figures.headline(state);
  for (const group of tables) group.rows = figures.rows(group.className, state);
  drawHeadline(sum);
  drawSites();
  drawMachine();
  drawCommands();
  byId("lede").textContent = pinnedSummary() + summary(sum);
  const asked = { figures, s: state, sum, model, name: bdi(model.name), scene: sceneText(), gpus: rowsOf("gpus"), unified: rowsOf("unified"), cpus: rowsOf("cpus") };
  drawSoon([[byId("quantizations"), drawQuantizations], ...tables.map((group) => [byId(group.id), () => drawTable(group)]),
    ...Object.entries(drawings).map(([name, redraw]) => [byId(`figure-${name}`), redraw]), [byId("faq"), () => drawQuestions(byId("faq"), asked)]]);
}

reveal(() => {
  drawFixed();
  makeSelectors();
  makePinSearch();
  restoreState();
  drawState();
  drawAllWaiting();
  for (const name of ["lfmfit", "server"]) {
    const code = byId(`command-${name}`);
    code.closest(".command").append(copyButton("Copy", `Copy the ${name === "server" ? "llama-server" : "lfmfit"} command`, () => code.textContent));
  }
  addEventListener("hashchange", () => { if (location.hash.includes("=")) { restoreState(); drawState(); } });
});
