"use strict";
// What is asked, and what is drawn anew when it changes.

const usual = { model: "LiquidAI/LFM2-1.2B", device: "rtx-3060-12gb" };
let asked = {};
let program, lists, controls, machine, tables;
let busy = false, again = false;
const kept = [];
const files = new Map();  // path: {name, use} of what was dropped

const fileUses = [["model", "is the model"], ["mmproj", "is its vision or audio part"], ["lora", "is a LoRA adapter"], ["control_vectors", "is a control vector"],
  ["speculative.model", "is the draft model"], ["", "is not used"]];

// ---- asking

function change(key, value) {
  if (isEmpty(value)) delete asked[key];
  else asked[key] = value;
  refresh();
}

const questionOf = (changes) => requestOf(asked, changes);

// Only the newest question counts; those between are never asked.
async function refresh() {
  showAsked();
  writeAsked(asked, files);
  again = true;
  if (busy) return;
  busy = true;
  let answer;
  while (again) {
    again = false;
    answer = await program.ask(questionOf({ id: null }));
  }
  busy = false;
  show(answer);
  if (lists.models.length) {
    drawPlan(answer);
    drawStart(answer);
  }
  Object.values(tables).forEach((list) => list.restart());
}

// Spoken when it stands, not at every step of a slider.
let speaking = 0;
function announceSoon(text) {
  clearTimeout(speaking);
  speaking = setTimeout(() => announce(text), 400);
}

function show(answer) {
  byId("problem").hidden = !answer.error;
  byId("found").hidden = !!answer.error;
  byId("keep").disabled = !!answer.error;
  byId("page").dataset.shown = JSON.stringify(questionOf());
  if (answer.error) {
    drawProblem(answer.error, answer.error.kind === "unknown_device" ? lists.devices.map(({ id }) => id) : lists.models.map(({ id }) => id),
      (kind, id) => change(kind === "unknown_device" ? "device" : "model", id));
    announceSoon(plain(answer.error.message));
    return;
  }
  drawAnswer(answer);
  drawLinks(answer, lists.models.some(({ id }) => id === answer.model.id));
  controls.showPlaced(asked, answer);
  byId("batch").textContent = `echo '${JSON.stringify(questionOf()).replaceAll("'", "'\\''")}' | lfmfit batch`;
  announceSoon(sentence(answer));
}

function showAsked() {
  for (const key of ["model", "quantization", "device"]) {
    const input = byId(key);
    if (input !== document.activeElement) input.value = files.has(asked[key]) ? files.get(asked[key]).name : asked[key] || "";
  }
  machine.set(asked.device || "");
  if (byId("quantization-names").children.length !== quantizationsOf(asked).length) setContent(byId("quantization-names"), namesOf(quantizationsOf(asked)));
  controls.show(asked);
}

// ---- files

function useFile(path, use) {
  for (const key of ["model", "speculative.model"]) if (asked[key] === path) delete asked[key];
  for (const key of ["mmproj", "lora", "control_vectors"]) {
    if (!asked[key]) continue;
    asked[key] = asked[key].filter((item) => item !== path);
    if (!asked[key].length) delete asked[key];
  }
  if (["mmproj", "lora", "control_vectors"].includes(use)) asked[use] = [...(asked[use] || []), path];
  else if (use) asked[use] = path;
  if (use === "model") delete asked.quantization;
  files.get(path).use = use;
}

function drawFiles() {
  setContent(byId("dropped"), [...files].map(([path, { name: file, use }]) => {
    const select = el("select", { "aria-label": `What ${plain(file)} is` }, fileUses.map(([value, text]) => el("option", { value, selected: value === use }, text)));
    select.addEventListener("change", () => { useFile(path, select.value); drawFiles(); refresh(); });
    return el("li", null, name(file), " ", select);
  }));
}

// Of several pieces the first; of a folder its config.json.
function usesOf(dropped) {
  const isModel = ({ name: file }) => /\.(gguf|json)$/i.test(file) && !/mmproj|lora|tokenizer|generation|index\.json/i.test(file) && !/-(?!00001)\d{5}-of-\d{5}\.gguf$/.test(file);
  const model = dropped.find(isModel) || dropped.find(({ name: file }) => !/mmproj|lora/i.test(file));
  return dropped.filter(({ name: file }) => file === (model || {}).name || /mmproj|lora/i.test(file))
    .map((file) => ({ ...file, use: file === model ? "model" : /lora/i.test(file.name) ? "lora" : "mmproj" }));
}

async function take(dropped) {
  if (!dropped.length) return;
  const mounted = await program.mount(dropped);
  for (const { name: file, path, use } of usesOf(mounted)) {
    files.set(path, { name: file, use });
    useFile(path, use);
  }
  drawFiles();
  refresh();
}

// ---- tables

const machineKeys = ["gpu_count", "tensor_split", "main_gpu", "available_bytes", "runtime_bytes", "threads", "device_bytes"];
const without = (keys) => Object.fromEntries(keys.map((key) => [key, undefined]));
const keepOfList = ["fit", "speed", "model", "request"];

function tableIn(id, caption, nouns, columns, filters) {
  return makeTable({ id, host: byId(id).querySelector(".table"), columns, filters, search: (row) => `${row.id} ${row.name || ""} ${row.more || ""}`, caption, nouns,
    limit: 25, onChange() {}, idOf: (row) => row.id, csv: csvOfRows });
}

const common = () => [verdictColumn(), decodeColumn(), numberColumn("prefill", "Prompt tok/s", "tokens read a second", rate)];
const verdictFilter = { key: "verdict", label: "Verdict", values: verdictOrder, value: (row) => row.verdict };

const quantizationsOf = (question) => (runtimeOf(question) === llama ? lists.quants : lists[runtimeOf(question)]);

function quantizationList() {
  const first = { key: "device", label: "Quantization", hint: "by name", kind: "text", first: "up", value: (row) => row.id,
    cell: (row) => chooser(row.id, () => change("quantization", row.id), row.more) };
  const table = tableIn("quantizations", "Quantizations of this model on this machine", ["quantization", "quantizations"],
    [first, verdictColumn(), decodeColumn(), numberColumn("longest", "Longest context", "tokens that fit", grouped),
      numberColumn("needs", "Needs GB", "on the fullest place, at most", gb, "up"), numberColumn("file", "File GB", "what is downloaded", gb, "up"),
      numberColumn("bits", "Bits", "of a weight, on average", (value) => value.toFixed(2), "up")], []);
  const order = (a, b) => b.file - a.file || (a.id < b.id ? -1 : 1);
  const requests = () => {
    const isFile = files.has(asked.model) && /\.gguf$/i.test(asked.model);
    const names = isFile ? [asked.quantization] : quantizationsOf(asked).map(({ name: id }) => id);
    return names.map((id) => ({
      requests: [questionOf({ quantization: id }), ...(asked.device && runtimeOf(asked) === llama ? [questionOf({ quantization: id, context: "fit", users: undefined, context_each: undefined, depth: undefined })] : [])],
      row([answer, longest]) {
        const known = lists.quants.find(({ name: other }) => other === id) || {};
        const row = rowOf(id || (answer.request || {}).quantization, answer);
        return { ...row, more: known.quality, longest: longest && longest.request ? longest.request.context : undefined };
      },
    }));
  };
  return makeList({ id: "quantizations", table, program, requests, order, keep: keepOfList });
}

function deviceList() {
  const first = { key: "device", label: "Device", hint: "by name", kind: "text", first: "up", value: (row) => row.name.toLowerCase(),
    cell: (row) => chooser(row.name, () => change("device", row.id), row.more) };
  const table = tableIn("devices", "Every device for this model", ["device", "devices"],
    [first, ...common(), numberColumn("needs", "Needs GB", "on the fullest place, at most", gb, "up"), numberColumn("usable", "Usable GB", "of its memory", gb), numberColumn("free", "Free GB", "left over", gb)],
    [{ key: "vendor", label: "Vendor", value: (row) => row.vendor }, { key: "kind", label: "Kind", value: (row) => row.kind }, verdictFilter]);
  const requests = () => lists.devices.map((device) => ({
    requests: [questionOf({ ...without(machineKeys), device: device.id })],
    row: ([answer]) => ({ ...rowOf(device.id, answer), name: device.name, vendor: device.vendor, kind: `${device.class === "gpu" ? "" : `${device.class}, `}${device.segment || ""}`.replace(/, $/, ""),
      more: `${gibText(device.memory_bytes)}${device.year ? `, ${device.year}` : ""}` }),
  }));
  return makeList({ id: "devices", table, program, requests, order: byMerit, keep: keepOfList });
}

// ---- comparing

async function keepThis() {
  const answer = await program.ask(questionOf());
  if (answer.error) return;
  kept.push({ asked: { ...asked }, answer });
  drawKept();
}

function drawKept() {
  byId("kept").hidden = !kept.length;
  setContent(byId("kept").querySelector("tbody"), kept.map((item, i) => {
    const { fit, speed, memory } = item.answer;
    const back = el("button", { type: "button", class: "link" }, name(titleOf(item)));
    back.addEventListener("click", () => { asked = { ...item.asked }; refresh(); });
    const remove = el("button", { type: "button", "aria-label": `Remove ${plain(titleOf(item))}` }, "Remove");
    remove.addEventListener("click", () => { kept.splice(i, 1); drawKept(); byId("keep").focus(); });
    const total = fit ? fit.required_bytes : (memory.gpus[0] || memory.host).total_bytes;
    const decode = speed && known(speed.decode_tok_s) ? `${rate(speed.decode_tok_s)} (${rangeText(speed.decode_low_tok_s, speed.decode_high_tok_s)})` : "\u2013";
    return el("tr", null, el("th", { scope: "row" }, back), el("td", null, fit ? markOf(fit.verdict) : "\u2013"), el("td", null, gbText(total)), el("td", null, decode),
      el("td", null, orDash(speed && speed.prefill_tok_s, rate)), el("td", null, remove));
  }));
}

function titleOf({ asked: question, answer }) {
  const rest = Object.entries(question).filter(([key]) => !["model", "device", "quantization"].includes(key)).map(([key, value]) => `${key} ${value}`);
  return [answer.model.id, answer.request.quantization, question.device ? `on ${question.device}` : "", ...rest].filter(Boolean).join(", ");
}

// ---- start

async function copy(text) {
  announce((await copyString(text)) ? "Copied" : "The browser does not let a page copy; select the text and copy it");
}

function listen() {
  for (const key of ["model", "quantization", "device"]) byId(key).addEventListener("input", () => change(key, byId(key).value.trim()));
  byId("ask").addEventListener("submit", (event) => event.preventDefault());
  byId("ask").addEventListener("reset", (event) => {
    event.preventDefault();
    asked = { ...usual };
    files.clear();
    byId("pasted").value = "";
    setContent(byId("pasted-said"));
    drawFiles();
    refresh();
  });
  byId("files").addEventListener("change", () => {
    take([...byId("files").files]);
    byId("files").value = "";  // the same file may be chosen again
  });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => { event.preventDefault(); take([...event.dataTransfer.files]); });
  addEventListener("hashchange", () => { asked = startingPoint(); refresh(); });
  byId("keep").addEventListener("click", keepThis);
  byId("read-pasted").addEventListener("click", readPasted);
  byId("copy-link").addEventListener("click", () => copy(location.href));
  byId("copy-batch").addEventListener("click", () => copy(byId("batch").textContent));
}

function startingPoint() {
  const read = readAsked();
  return Object.keys(read).length ? { ...(read.model ? {} : { model: usual.model }), ...read } : { ...usual };
}

const namesOf = (list, text) => list.map((item) => el("option", { value: item.id || item.name }, text ? text(item) : null));

async function startApp() {
  const began = performance.now();
  program = await startProgram();
  lists = { models: [], devices: [], quants: [], vllm: [], mlx: [], backends: await program.list("backends") };
  machine = makeMachine(byId("machine-parts"), (text) => change("device", text));
  controls = makeControls(lists, change);
  tables = {};
  asked = startingPoint();
  listen();
  byId("page").hidden = false;
  openDetailsForPrint();
  keepHashOnJump(document);
  await refresh();
  byId("page").dataset.ready = String(Math.round(performance.now() - began));
  for (const kind of ["quants", "vllm", "mlx", "devices", "models"]) lists[kind] = await program.list(kind);
  setContent(byId("model-names"), namesOf(lists.models, (model) => model.name));
  setContent(byId("device-names"), namesOf(lists.devices, (device) => device.name));
  showAsked();
  tables = { quantizations: quantizationList(), devices: deviceList(), models: fitsList() };
  Object.values(tables).forEach((list) => list.restart());
  refresh();
}

startApp().catch((problem) => {
  byId("page").hidden = false;
  byId("page").before(el("p", { class: "problem", role: "alert" }, `This page could not start: ${problem.message}. It needs a browser of 2023 or newer that allows WebAssembly.`));
});
