// The index of a site: finds a model by name, and says what runs on a device.

const data = readData(["backends", "devices", "models"]);
const Q = data.quantizations.length;
let device = null;

// What a model needs on the chosen device at a quantization; null where that does not exist.
function requiredAt(model, q) {
  const need = known(q) ? model.need[device.backend * Q + q] : null;
  return known(need) ? need + driverHighBytes(device, model.asks[device.backend * Q + q]) : null;
}

const findDevices = makeDeviceFinder(data.devices, data.also_called);
const floors = [0, 5, 10, 20, 30, 50];
let floor = 10;  // tokens per second that are fast enough

// The verdict there: by the GPU, and by the pool that it shares with the host.
function verdictAt(model, q) {
  const required = requiredAt(model, q), verdict = verdictOf(required, device.most);
  if (required === null || !known(device.pool_bytes)) return verdict;
  return Math.max(verdict, verdictOf(required + model.pooled[device.backend * Q + q], device.most_of_pool));
}

// The first quantization, of the highest quality first, that leaves the device room to spare.
function bestThatRunsWell(model) {
  for (let q = 0; q < Q; q += 1) {
    if (verdictAt(model, q) <= 1) return q;
  }
  return null;
}

function rowOf(model, index) {
  const row = { id: model.id, model, verdict: cannotRun, required: null, decode: null, best: null, tier: 0 };
  if (!device) return row;
  row.required = requiredAt(model, model.recommended);
  row.verdict = verdictAt(model, model.recommended);
  row.best = bestThatRunsWell(model);
  const decode = data.decode[index * data.devices.length + data.devices.indexOf(device)];
  row.decode = row.verdict < tooBig && known(decode) ? decode : null;
  row.tier = row.verdict <= 1 ? (known(row.decode) && row.decode >= floor ? 0 : 1) : row.verdict;
  return row;
}

// The largest model that runs well and fast enough first, the newest among equals; then those that run well but slowly,
// and the others by verdict.
const largestFirst = (a, b) => a.tier - b.tier || b.model.parameters - a.model.parameters ||
  (a.model.release_date < b.model.release_date ? 1 : a.model.release_date > b.model.release_date ? -1 : 0) || byName(a, b);

function modelCell({ model }) {
  return [el("span", { class: "name" }, model.href ? el("a", { href: model.href + linkState() }, bdi(model.name)) : bdi(model.name)),
    el("small", null, bdi(model.publisher), model.active_parameters !== model.parameters ? ` \u00b7 ${parametersText(model.active_parameters)} active` : "")];
}

// The page of a model opens with the chosen device pinned.
const linkState = () => (device ? `#pin=${encodeURIComponent(device.id)}` : "");

const chosen = () => device !== null;
const quantizationName = (q) => (known(q) ? bdi(data.quantizations[q]) : "none");

const columns = [
  { key: "model", label: "Model", kind: "text", first: "up", value: (row) => row.model.name.toLowerCase(), cell: modelCell },
  { key: "runs", label: "Verdict", kind: "text", first: "up", shown: chosen, value: (row) => row.verdict, cell: (row) => verdictMark(row.verdict), hint: "Sort by verdict" },
  { key: "order", label: "Family", kind: "text", first: "up", shown: () => !chosen(), value: (row) => row.model.family.toLowerCase(), cell: (row) => bdi(row.model.family) },
  { key: "parameters", label: "Parameters", kind: "number", first: "down", value: (row) => row.model.parameters, cell: (row) => parametersText(row.model.parameters) },
  { key: "quantization", label: "Recommended", kind: "number", first: "up", value: (row) => row.model.recommended, cell: (row) => quantizationName(row.model.recommended), hint: "The recommended quantization" },
  { key: "file", label: "File GB", kind: "number", first: "up", value: (row) => fileOf(row.model), cell: (row) => orDash(fileOf(row.model), gb) },
  { key: "needs", label: "Needs GB", kind: "number", first: "up", shown: chosen, value: (row) => row.required, cell: (row) => orDash(row.required, gb), hint: "Upper bound at the recommended quantization, GB" },
  { key: "decode", label: "Decode tok/s", kind: "number", first: "down", shown: chosen, value: (row) => row.decode, cell: (row) => orDash(row.decode, rate), hint: "Tokens per second of one request" },
  { key: "best", label: "Best that runs well", kind: "number", first: "up", shown: chosen, value: (row) => row.best, cell: (row) => quantizationName(row.best), hint: "The quantization of the highest quality that runs well" },
  { key: "context", label: "Context", kind: "number", first: "down", value: (row) => row.model.context_limit, cell: (row) => grouped(row.model.context_limit), hint: "The longest context, tokens" },
  { key: "released", label: "Released", kind: "number", first: "down", shown: () => !chosen(), value: (row) => row.model.release_date, cell: (row) => (row.model.release_date ? bdi(row.model.release_date) : "\u2013") },
];
const fileOf = (model) => (known(model.recommended) && model.file ? model.file[model.recommended] : null);

const table = makeTable({
  id: "models", host: byId("models").querySelector(".table"), columns, caption: "Models", nouns: ["model", "models"], limit: 50,
  filters: [
    { key: "family", label: "Family", value: (row) => row.model.family },
    { key: "publisher", label: "Publisher", value: (row) => row.model.publisher },
    { key: "verdict", label: "Verdict", value: (row) => verdictWords[row.verdict], values: verdictWords.slice(0, 4), shown: chosen },
  ],
  idOf: (row) => row.id, search: (row) => `${row.model.name} ${row.model.id} ${row.model.publisher}`, onChange: () => keepState(),
});

const keepState = () => writeHash([["device", device && device.id], ["floor", floor === 10 ? "" : floor], ...table.hash()]);

const search = makeDeviceSearch({ input: byId("device"), suggestions: byId("suggestions"), answer: byId("device-answer"), devices: data.devices, finder: findDevices,
  choose: (item) => { byId("device").value = item.name; ask(); } });

function ask() {
  answer(byId("device").value);
  keepState();
}

function answer(text) {
  const found = search.meant(text), before = device;
  device = found.length === 1 ? found[0] : null;
  search.offer(device ? [] : found);
  draw(device !== before);
  if (!device) search.hint(found, text);
}

function draw(anew) {
  const rows = data.models.map(rowOf).sort(device ? largestFirst : byName);
  if (anew) table.rank();
  table.setRows(rows);
  const counts = verdictWords.map((word, verdict) => rows.filter((row) => row.verdict === verdict).length);
  setContent(byId("models").querySelector(".counts"), device ? counts.map((count, verdict) =>
    (verdict === cannotRun && !count ? null : el("li", null, el("b", null, grouped(count)), " ", verdictMark(verdict)))) : []);
  const able = counts[0] + counts[1];
  setContent(byId("device-answer"), !device ? "" : say`${bdi(device.name)}: ${gbText(device.usable_bytes)} of ${gbText(device.memory_bytes)} (${gibText(device.memory_bytes)}) usable${device.gpus > 1 ? `, one of ${device.gpus} GPUs` : ""}. ${grouped(able)} of ${plural(rows.length, "model", "models")} ${able === 1 ? "runs" : "run"} well or better at the recommended quantization. The largest that does so at ${floor ? `${floor} tokens per second or more` : "any speed"} stands first.`);
}

reveal(() => {
  byId("lede").textContent = `${plural(data.models.length, "model", "models")} on ${plural(data.devices.length, "device", "devices")}: the memory that ${data.runtime} allocates, and speeds fitted to measurements.`;
  byId("request").textContent = `All figures here are for ${grouped(data.context)} tokens of context and one request, on ${data.runtime}. Made by lfmfit ${data.version}.`;
  setContent(byId("device-names"), data.devices.map((item) => el("option", { value: item.name })));
  setContent(byId("floor"), floors.map((least) => el("option", { value: least }, least ? `${least} tok/s` : "any speed")));
  byId("floor").addEventListener("change", () => { floor = Number(byId("floor").value); draw(false); keepState(); announce(byId("device-answer").textContent); });
  const restore = () => {
    const hash = readHash();
    const wanted = hash.get("device") || hash.get("pin") || "", named = data.devices.find((item) => item.id === wanted.split(",")[0]);
    byId("device").value = named ? named.name : wanted;
    floor = hash.has("floor") && floors.includes(Number(hash.get("floor"))) ? Number(hash.get("floor")) : 10;
    byId("floor").value = String(floor);
    answer(byId("device").value);
    table.restore(hash);
    draw(false);
  };
  byId("device").addEventListener("input", () => { ask(); announce(byId("device-answer").textContent); });
  restore();
  addEventListener("hashchange", restore);
});
