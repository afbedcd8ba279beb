// The page of one model: its state, and what is drawn anew when the state changes.

const data = readData(["backends", "devices", "speeds", "family"]);
const model = data.model;
const figures = makeFigures(data);
const state = { ...data.initial };
const isServer = (row) => row.device.gpus > 1;

const classes = [
  { id: "gpus", className: "gpu", nouns: ["GPU", "GPUs"], caption: "GPUs that run it", limit: 25 },
  { id: "unified", className: "unified", nouns: ["unified-memory device", "unified-memory devices"], caption: "Unified-memory devices that run it", limit: 25 },
  { id: "servers", className: "server", nouns: ["server", "servers"], caption: "Servers of several GPUs, judged as one GPU", limit: 10 },
  { id: "cpus", className: "cpu", nouns: ["processor", "processors"], caption: "Machines without a GPU", limit: 10 },
];

// ---- cells of the device tables

function deviceCell(row) {
  const { device } = row;
  const several = isServer(row) ? ` \u00b7 ${device.gpus} GPUs` : "";
  const bandwidth = device.bandwidth_gb_s ? ` \u00b7 ${grouped(Math.round(device.bandwidth_gb_s))} GB/s` : "";
  return [el("span", { class: "name" }, bdi(device.name)),
    el("small", null, say`${bdi(device.vendor)} \u00b7 ${gibText(device.memory_bytes)}${bandwidth}${several}`)];
}

const percentText = (share) => (share < 0.01 ? "<1 %" : share < 9.995 ? `${Math.round(share * 100)} %` : `${Math.round(share)} times`);

function shareCell(row) {
  if (row.share === null) return "\u2013";
  const width = `${Math.min(100, row.share * 100).toFixed(1)}%`;
  const fillOf = el("i", { class: verdictClasses[row.verdict] });
  fillOf.style.width = width;
  return [el("span", { class: "gauge", "aria-hidden": "true" }, fillOf), el("span", { class: "percent" }, percentText(row.share))];
}

function decodeCell(row) {
  if (!known(row.decode)) return "\u2013";
  const mark = row.measured ? null : [el("span", { class: "rough", "aria-hidden": "true", title: row.basis }, "~"), quiet("not measured, about ")];
  const band = rate(row.low) === rate(row.high) ? null : el("small", { class: "band" }, ` (${rate(row.low)}-${rate(row.high)})`);
  return [mark, el("span", { class: "value" }, rate(row.decode)), band];
}

const deviceColumns = [
  { key: "device", label: "Device", kind: "text", first: "up", value: (row) => row.device.name.toLowerCase(), cell: deviceCell },
  { key: "runs", label: "Verdict", kind: "text", first: "up", ranked: true, value: (row) => row.verdict, cell: (row) => verdictMark(row.verdict), hint: "Sort by verdict, then speed" },
  { key: "share", label: "Of usable", kind: "number", first: "up", value: (row) => row.share, cell: shareCell, hint: "Needed memory as a part of the usable memory" },
  { key: "needs", label: "Needs GB", kind: "number", first: "up", value: (row) => row.required, cell: (row) => orDash(row.required, gb), hint: "Upper bound of what is needed, GB" },
  { key: "usable", label: "Usable GB", kind: "number", first: "down", value: (row) => row.usable, cell: (row) => gb(row.usable), hint: "What one process can allocate, GB" },
  { key: "free", label: "Free GB", kind: "number", first: "down", value: (row) => row.free, cell: (row) => orDash(row.free, gb), hint: "Usable less needed, GB" },
  { key: "decode", label: "Decode tok/s", kind: "number", first: "down", value: (row) => row.decode, cell: decodeCell, hint: "Tokens per second of one request, with its band" },
  { key: "full", label: "Full context", kind: "number", first: "down", value: (row) => row.full, cell: (row) => orDash(row.full, rate), hint: "Tokens per second of one request when its context is full" },
  { key: "together", label: "All slots", kind: "number", first: "down", value: (row) => row.together, cell: (row) => orDash(row.together, rate), shown: () => figures.parallel(state) > 1, hint: "Tokens per second of all slots together" },
  { key: "prefill", label: "Prefill tok/s", kind: "number", first: "down", value: (row) => row.prefill, cell: (row) => orDash(row.prefill, rate), hint: "Tokens of a prompt per second" },
];

const deviceFilters = [
  { key: "vendor", label: "Maker", value: (row) => row.device.vendor },
  { key: "segment", label: "Segment", value: (row) => row.device.segment },
  { key: "verdict", label: "Verdict", value: (row) => verdictWords[row.verdict], values: verdictWords.slice(0, 4) },
];

const tables = classes.filter((group) => data.devices.some((device) => device.class === group.className)).map((group) => ({
  ...group, rows: [],
  table: makeTable({
    id: group.id, host: byId(group.id).querySelector(".table"), columns: deviceColumns, filters: deviceFilters, caption: group.caption, nouns: group.nouns,
    limit: group.limit, idOf: (row) => row.device.id, search: (row) => `${row.device.name} ${row.device.id} ${row.device.vendor}`,
    onChange: () => { drawSpeedPictures(); keepState(); },
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
  announce();
}

const keepState = () => writeHash([...selectors.map((selector) => [selector.hash, selector.values[state[selector.key]]]), ...tables.flatMap((group) => group.table.hash())]);

function restoreState() {
  const hash = readHash();
  for (const selector of selectors) {
    const found = selector.values.indexOf(hash.get(selector.hash));
    state[selector.key] = found >= 0 ? found : data.initial[selector.key];
    selector.select.value = state[selector.key];
  }
  for (const group of tables) group.table.restore(hash);
}

// The answer in a sentence: at the head of the page, and read aloud when a selector changes it.
function summary(sum) {
  if (!sum) return "llama.cpp cannot run this combination of quantization, cache type and context.";
  const able = (id, one, many) => {
    const list = rowsOf(id), count = list.filter((row) => row.verdict < tooBig).length;
    if (!list.length) return null;
    return count ? `${grouped(count)} of ${plural(list.length, one, many)}` : `none of ${plural(list.length, one, many)}`;
  };
  const who = [able("gpus", "GPU", "GPUs"), able("unified", "unified-memory device", "unified-memory devices")].filter(Boolean);
  return `It needs ${gbText(sum.total)} of GPU memory ${sceneText()}` + (who.length ? `; ${listed(who)} can hold it.` : ".");
}

const announce = () => { byId("announcement").textContent = byId("lede").textContent; };

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
    for (const id of ["sum", "bar"]) setContent(byId(id));
    setContent(byId("range"), "llama.cpp cannot run this combination of quantization, cache type and context. Choose another above.");
    setContent(byId("host"));
    return;
  }
  const values = [sum.weights, sum.cache, sum.state, sum.compute, sum.driver];
  const texts = partsThatAddUp(values, sum.total);
  const names = ["weights", "KV cache", "state", "compute", "driver"], colours = [0, 1, 1, 2, 3];
  setContent(byId("total"), gbText(sum.total));
  setContent(byId("sum"), names.flatMap((name, i) => [i ? " + " : "= ", el("span", { class: "term" },
    el("i", { class: `swatch part-${colours[i]}`, "aria-hidden": "true" }), `${name} ${texts[i]}`)]));
  setContent(byId("bar"), values.map((value, i) => {
    const part = el("i", { class: `part-${colours[i]}` });
    part.style.flexGrow = value;
    return part;
  }));
  const kind = sum.backend.measured ? "" : " (not checked against real allocations)";
  setContent(byId("range"), `${gbText(sum.lowest)} to ${gbText(sum.highest)}, as the driver\u2019s share differs; the tables take the upper bound for each device. ` +
    `${data.runtime} on ${sum.backend.label}${kind}, ${plural(figures.parallel(state), "slot", "slots")}.`);
  setContent(byId("host"), known(sum.host) ? `And ${gbText(sum.host)} of ordinary (host) memory.` : "");
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
      el("td", { class: "number total" }, here ? gbText(here.total) : "cannot run"), most,
      el("td", { class: "number" }, orDash(quantization.file_bytes, gbText)), el("td", null, quality));
  });
  const heads = [["Quantization"], ["Bits", "number"], [`At ${grouped(figures.contexts[state.context])}`, "number"], ...(state.context === last ? [] : [[`At ${whole}`, "number"]]), ["File", "number"], ["Quality"]];
  setContent(byId("quantizations"), el("table", { class: "plain" }, el("caption", { class: "unseen" }, "Memory of each quantization"),
    el("thead", null, el("tr", null, heads.map(([text, kind]) => el("th", { scope: "col", class: kind }, text)))), el("tbody", null, rows)));
}

function drawTables() {
  for (const group of tables) {
    group.rows = figures.rows(group.className, state);
    group.table.setRows(group.rows);
    setContent(byId(group.id).querySelector(".counts"), figures.counts(group.rows).map((count, verdict) =>
      (verdict === cannotRun && !count ? null : el("li", { "data-verdict": verdictClasses[verdict] }, el("b", null, grouped(count)), " ", verdictMark(verdict)))));
  }
}

const shellWord = (text) => (/^[\w@%+=:,.\/-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`);

// What the page was made with beside the selectors; lfmfit bears llama.cpp's names for it.
function settings(request) {
  const given = [
    [request.batch !== 2048, `-b ${request.batch}`], [request.ubatch !== 512, `-ub ${request.ubatch}`],
    [request.flash_attention !== "auto", `-fa ${request.flash_attention}`], [request.kv_unified, "--kv-unified"], [request.swa_full, "--swa-full"],
  ];
  return given.filter(([differs]) => differs).map(([, option]) => ` ${option}`).join("");
}

function drawCommands() {
  const cache = figures.caches[state.cache], name = figures.quantizations[state.quantization].name;
  const types = (cache.type_k === "f16" ? "" : ` -ctk ${cache.type_k}`) + (cache.type_v === "f16" ? "" : ` -ctv ${cache.type_v}`);
  const context = ` -c ${figures.contexts[state.context]}`;
  const slots = figures.parallel(state), extras = settings(data.request || {});
  const file = `${model.id.split("/").pop()}-${name}.gguf`;
  byId("command-lfmfit").textContent = `lfmfit ${shellWord(model.id)} -q ${shellWord(name)}${context}${types}${slots > 1 ? ` -np ${slots}` : ""}${extras}`;
  byId("command-server").textContent = `llama-server -m ${shellWord(file)}${context} -ngl 99${types} -np ${slots}${extras}`;
}

const drawings = {
  quantization: makeFigure(byId("figure-quantization"), (width) => memoryByQuantization(figures, state, width)),
  context: makeFigure(byId("figure-context"), (width) => memoryByContext(figures, state, width)),
  device: makeFigure(byId("figure-device"), (width) => speedByDevice([...distinct(shownOf("gpus"), 7, 0.001), ...distinct(shownOf("unified"), 5, 0.001)], width)),
  depth: makeFigure(byId("figure-depth"), (width) => speedByDepth(figures, state, [...distinct(shownOf("gpus"), 3, 0.1), ...distinct(shownOf("unified"), 2, 0.1)], width)),
};

function drawSpeedPictures() {
  drawings.device();
  drawings.depth();
}

function drawState() {
  const sum = figures.headline(state);
  drawHeadline(sum);
  drawQuantizations();
  drawTables();
  drawCommands();
  byId("lede").textContent = summary(sum);
  Object.values(drawings).forEach((redraw) => redraw());
  drawQuestions(byId("faq"), { figures, s: state, sum, model, name: bdi(model.name), scene: sceneText(), gpus: rowsOf("gpus"), unified: rowsOf("unified"), cpus: rowsOf("cpus") });
}

// ---- what does not change

function drawSpecification() {
  const active = model.active_parameters === model.parameters ? ", all active" : `, ${parametersText(model.active_parameters)} active`;
  const facts = [
    ["Model", bdi(model.id)], ["Publisher", model.publisher && bdi(model.publisher)], ["Family", model.family && bdi(model.family)],
    ["Base model", model.base_model && bdi(model.base_model)], ["Parameters", `${parametersText(model.parameters)} (${grouped(model.parameters)})${active}`],
    ["Architecture", [bdi(model.architecture), ", ", bdi(model.layer_summary || `${model.layers} layers`)]],
    ["Context", [`${grouped(model.context_limit)} tokens`, model.context_note ? [" (", bdi(model.context_note), ")"] : ""]],
    ["Vocabulary", known(model.vocabulary) && `${grouped(model.vocabulary)} tokens`], ["Released", model.release_date && bdi(model.release_date)],
    ["Licence", model.license && bdi(model.license)], ["Source of these facts", model.source && bdi(model.source)],
  ];
  setContent(byId("facts"), facts.filter(([, value]) => value).map(([name, value]) => el("div", null, el("dt", null, name), el("dd", null, value))));
}

function drawFamily() {
  byId("family").hidden = !data.family.length;
  setContent(byId("relatives"), data.family.map((relative) => el("li", null,
    relative.href ? el("a", { href: relative.href }, bdi(relative.name)) : bdi(relative.name), el("small", null, ` ${parametersText(relative.parameters)}`))));
}

function drawFixed() {
  setContent(byId("name"), bdi(model.name));
  setContent(byId("from"), say`by ${bdi(model.publisher)} \u00b7 ${parametersText(model.parameters)} parameters`);
  drawSpecification();
  drawFamily();
  for (const group of classes) byId(group.id).hidden = !tables.some((table) => table.id === group.id);
  document.querySelectorAll("nav a[href^='#']").forEach((link) => { link.parentNode.hidden = byId(link.getAttribute("href").slice(1)).hidden; });
  byId("home").hidden = !data.home;
  if (data.home) byId("home").querySelector("a").setAttribute("href", data.home);
  const request = data.request || {};
  const flash = request.flash_attention ? `, flash attention ${request.flash_attention}` : "";
  setContent(byId("request"), `Asked of ${data.runtime}: its server with all layers on the GPU, batches of ${grouped(request.batch)} and ${grouped(request.ubatch)} tokens${flash}. Made by lfmfit ${data.version}.`);
  const unchecked = data.backends.filter((backend) => !backend.measured).map((backend) => backend.label);
  setContent(byId("unchecked"), unchecked.length ? `Memory on ${listed(unchecked)} follows the same rules as on the measured backends but was not checked there.` : "");
  for (const list of ["notes", "warnings"]) {
    setContent(byId(list), (data[list] || []).map((line) => el("li", null, bdi(line))));
    byId(list).hidden = !(data[list] || []).length;
  }
}

function copyText(button, source) {
  const done = (text) => { button.textContent = text; setTimeout(() => { button.textContent = "Copy"; }, 2000); };
  const byHand = () => {
    getSelection().selectAllChildren(source);
    done(document.execCommand("copy") ? "Copied" : "Selected");
  };
  if (!navigator.clipboard) return byHand();
  return navigator.clipboard.writeText(source.textContent).then(() => done("Copied"), byHand);
}

reveal(() => {
  drawFixed();
  makeSelectors();
  restoreState();
  drawState();
  document.querySelectorAll("button[data-copies]").forEach((button) =>
    button.addEventListener("click", () => copyText(button, byId(button.dataset.copies))));
  addEventListener("hashchange", () => { if (location.hash.includes("=")) { restoreState(); drawState(); } });
});
