// The page of a model on vLLM or MLX: its state, and what is drawn anew when that changes.

const data = readData(["devices"]);
const { model } = data;
const isVllm = data.runtime === "vllm";
const sheet = makeSheet(data);
const chosen = data.choices.map((choice) => choice.first);
const findDevices = makeDeviceFinder(data.devices, data.also_called);
let pins = [];  // ids

const valueText = (value) => (value === null ? "16" : typeof value === "number" ? grouped(value) : value);
const hashKeys = { quantization: "q", max_model_len: "c", context: "c", kv_cache_dtype: "k", kv_bits: "k", tensor_parallel_size: "tp" };
const valueOf = (key) => { const i = data.choices.findIndex((choice) => choice.key === key); return i < 0 ? null : data.choices[i].values[chosen[i]]; };
const gpusAsked = () => valueOf("tensor_parallel_size") || 1;

// ---- texts

const machineName = (device) => (gpusAsked() > 1 ? `${gpusAsked()}x ${device.name}` : device.name);

function sceneText() {
  const tokens = valueOf("max_model_len") || valueOf("context"), cache = valueOf("kv_cache_dtype") || valueOf("kv_bits");
  return `${valueOf("quantization")}, ${grouped(tokens)} tokens${isVllm ? " a request" : " of context"}${cache && cache !== "auto" ? `, cache of ${cache}${isVllm ? "" : " bits"}` : ""}`;
}

const bandOf = (figure, key) => (known(figure[`${key}_low_tok_s`]) ? bandText(figure[`${key}_low_tok_s`], figure[`${key}_high_tok_s`]) : "");
const rateOf = (figure, key) => (known(figure[`${key}_tok_s`]) ? `~${rate(figure[`${key}_tok_s`])} tok/s${bandOf(figure, key)}` : null);

function sentenceOf({ device, figure, verdict }) {
  const each = gpusAsked() > 1 ? " of each GPU" : "";
  const takes = isVllm ? `up to ${gbText(figure.required_bytes || 0)}${each} to start, and asks for` : `at most ${gbText(figure.required_bytes || 0)} of`;
  const needs = known(figure.required_bytes) ? `: it needs ${takes} ${gbText(figure.usable_bytes)}${isVllm ? "" : " usable"}` : "";
  return `${model.name} (${sceneText()}) ${sheetSentences[verdict]} the ${machineName(device)}${needs}.`;
}

function factsOf({ device, figure }) {
  const rows = [];
  if (figure.vllm_kv_cache_tokens) {
    rows.push(["GPU KV cache size", `${grouped(figure.vllm_kv_cache_tokens)} tokens (at least ${grouped(figure.vllm_kv_cache_tokens_low)})`],
      ["Requests of that length at once", figure.vllm_maximum_concurrency.toFixed(2)], ["Longest request that starts", `${grouped(figure.vllm_largest_max_model_len)} tokens`]);
  }
  for (const [label, key] of [["Decode, one request", "decode"], ["All requests together", "throughput"], ["Prompts", "prefill"]]) if (rateOf(figure, key)) rows.push([label, rateOf(figure, key)]);
  if (known(device.watts) && known(figure.decode_tok_s)) rows.push(["Energy, one request", energyText(device.watts * gpusAsked(), figure.decode_tok_s)]);
  if (known(figure.time_to_first_token_s)) rows.push(["First token", secondsText(figure.time_to_first_token_s)]);
  return rows;
}

const partsText = ({ figure }) => sheetParts.filter(([, key]) => figure[key]).map(([label, key]) => `${label} ${gb(figure[key])}`).join(" + ");
const sheetText = (row) => [sentenceOf(row), ...factsOf(row).map(([label, text]) => `${label}: ${text}`)].join("\n").replace(/\u00a0/g, " ");

// ---- what is drawn

const columnOf = (key, label, hint, value, text, first = "down") => ({ key, label, hint, kind: "number", first, value, cell: (row) => orDash(value(row), text) });

function rateColumn(key, label, hint) {
  return { key, label, hint, kind: "number", first: "down", value: (row) => row.figure[`${key}_tok_s`],
    cell: (row) => orDash(row.figure[`${key}_tok_s`], (value) => [el("span", { class: "value" }, rate(value)), el("small", { class: key === "decode" ? "band" : "edges" }, bandOf(row.figure, key))]) };
}

function deviceCell({ device }) {
  const pinned = pins.includes(device.id);
  const star = el("button", { type: "button", class: "pin", "aria-pressed": String(pinned), "aria-label": `Pin ${device.name}`, title: "Pin: your machine" }, pinned ? "\u2605" : "\u2606");
  star.addEventListener("click", () => pin(device.id));
  const bandwidth = device.bandwidth_gb_s ? ` \u00b7 ${grouped(Math.round(device.bandwidth_gb_s))} GB/s` : "";
  return [star, el("span", { class: "name" }, bdi(device.name)), el("small", null, say`${bdi(device.vendor)} \u00b7 ${gibText(device.memory_bytes)}${bandwidth}`)];
}

const figureOf = (key) => (row) => row.figure[key];
const columns = [
  { key: "device", label: "Device", kind: "text", first: "up", value: (row) => row.device.name.toLowerCase(), cell: deviceCell },
  { key: "runs", label: "Verdict", kind: "text", first: "up", value: (row) => row.rank, cell: (row) => sheetMark(row.verdict), hint: "Sort by verdict" },
  columnOf("needs", isVllm ? "Needs to start GB" : "Needs up to GB", isVllm ? "The least that surely starts, with one request, GB" : "Upper bound of what is needed, GB", figureOf("required_bytes"), gb, "up"),
  columnOf("usable", isVllm ? "Asks for GB" : "Usable GB", isVllm ? "The share of each GPU, which it fills with cache, GB" : "What one process can allocate, GB", figureOf("usable_bytes"), gb),
  ...(isVllm ? [
    columnOf("tokens", "Cache tokens", "GPU KV cache size, as the log says", (row) => row.figure.vllm_kv_cache_tokens || undefined, grouped),
    columnOf("concurrency", "Requests at once", "Of the longest kind: maximum concurrency, as the log says", (row) => row.figure.vllm_maximum_concurrency || undefined, (value) => value.toFixed(2)),
    columnOf("longest", "Longest request", "The longest max_model_len that starts", (row) => row.figure.vllm_largest_max_model_len || undefined, grouped),
  ] : []),
  rateColumn("decode", "Decode tok/s", "Tokens per second of one request, with its band"),
  ...(isVllm ? [rateColumn("throughput", "All requests", "Tokens per second of all requests together, with its band")] : [columnOf("full", "Full context", "Tokens per second of one request when its context is full", figureOf("decode_full_context_tok_s"), rate)]),
  rateColumn("prefill", "Prompt tok/s", "Tokens of a prompt per second, with its band"),
];

const csvColumns = [["id", (row) => row.id], ["name", (row) => row.device.name], ["verdict", (row) => row.verdict],
  ...data.choices.map((choice, i) => [choice.key, () => choice.values[chosen[i]]]),
  ...["required_bytes", "usable_bytes", "vllm_kv_cache_tokens", "vllm_maximum_concurrency", "vllm_largest_max_model_len", "decode_tok_s", "decode_low_tok_s", "decode_high_tok_s", "throughput_tok_s", "prefill_tok_s"].map((key) => [key, figureOf(key)])];

const table = makeTable({ id: "devices", host: byId("devices").querySelector(".table"), columns, caption: "Devices that run it", nouns: ["device", "devices"], limit: 25,
  filters: [{ key: "vendor", label: "Maker", value: (row) => row.device.vendor }, { key: "segment", label: "Segment", value: (row) => row.device.segment },
    { key: "verdict", label: "Verdict", value: (row) => row.verdict, values: sheetVerdicts.filter((verdict) => isVllm === ["starts", "overruns", "may refuse", "refuses"].includes(verdict)) }],
  idOf: (row) => row.id, search: (row) => `${row.device.name} ${row.device.id} ${row.device.vendor}`, finder: findDevices, isPinned: (row) => pins.includes(row.id),
  onChange: () => keepState(), csv: (rows) => csvOf(csvColumns, rows) });

function sheetCard(row) {
  const { device, figure, verdict } = row;
  const unpin = el("button", { type: "button", class: "link", "aria-label": `Unpin ${device.name}` }, "Unpin");
  unpin.addEventListener("click", () => pin(device.id));
  const used = el("i", { class: sheetLooks[verdict] || "big" }), limit = el("b", null), share = shareOf(row), scale = Math.max(1, share);
  used.style.width = `${(share / scale * 100).toFixed(1)}%`;
  limit.style.left = `${(100 / scale).toFixed(1)}%`;
  const felt = known(figure.decode_tok_s) ? feltOf({ first: figure.time_to_first_token_s, decode: figure.decode_tok_s }, device.name) : {};
  return el("article", { class: "card", "data-id": device.id, "aria-label": `Verdict on ${device.name}` },
    el("h3", null, bdi(machineName(device)), " ", sheetMark(verdict), unpin), el("p", { class: "sentence" }, bdi(sentenceOf(row))),
    known(figure.required_bytes) ? el("div", { class: "capacity", "aria-hidden": "true" }, used, limit) : null,
    el("dl", null, factsOf(row).map(([label, text]) => el("div", null, el("dt", null, label), el("dd", null, text)))),
    partsText(row) ? el("p", { class: "note" }, `What it takes${gpusAsked() > 1 ? " on each GPU" : ""}, in GB: ${partsText(row)}.`) : null,
    known(figure.decode_tok_s) ? el("p", { class: "note" }, wordsAMinute(figure.decode_tok_s)) : null, felt.place,
    el("p", { class: "copies" }, felt.button, copyButton("Copy link", `Copy link: ${device.name}`, () => location.href.split("#")[0] + hashText(pairsOf([device.id]))),
      copyButton("Copy text", `Copy text: ${device.name}`, () => sheetText(row))));
}

const shellWord = (text) => (/^[\w@%+=:,.\/-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`);

function commandText() {
  const usual = { kv_cache_dtype: "auto", tensor_parallel_size: 1 };
  const options = data.choices.flatMap((choice, i) => { const value = choice.values[chosen[i]]; return value === null || value === usual[choice.key] ? [] : [choice.option, String(value)]; });
  const on = (pins.length ? pins : [table.rows().map((row) => row.id)[0]]).filter(Boolean).flatMap((id) => ["--on", gpusAsked() > 1 ? `${gpusAsked()}x ${id}` : id]);
  return ["lfmfit", "check", data.words.model, ...options, ...data.words.lfmfit, ...on].map(shellWord).join(" ");
}

// ---- state

const pairsOf = (ids) => [...data.choices.map((choice, i) => [hashKeys[choice.key], String(choice.values[chosen[i]])]), ["pin", ids.join(",")]];
const keepState = () => writeHash([...pairsOf(pins), ...table.hash()]);

function summary(rows) {
  const able = rows.filter((row) => row.rank < firstRefusal).length;
  const pinned = pins.map((id) => sentenceOf(rows.find((row) => row.id === id))).join(" ");
  return `${pinned ? `${pinned} ` : ""}${data.release} ${isVllm ? "starts it on" : "runs it on"} ${grouped(able)} of ${plural(rows.length, "device", "devices")} listed, as ${sceneText()}${gpusAsked() > 1 ? `, ${gpusAsked()} GPUs of a kind` : ""}.`;
}

function draw() {
  const rows = sheet.rows(chosen);
  table.setRows(rows);
  setContent(byId("devices").querySelector(".counts"), sheetVerdicts.map((verdict) => [verdict, rows.filter((row) => row.verdict === verdict).length])
    .filter(([, count]) => count).map(([verdict, count]) => el("li", null, el("b", null, grouped(count)), " ", sheetMark(verdict))));
  setContent(byId("cards"), pins.map((id) => sheetCard(rows.find((row) => row.id === id))));
  byId("lede").textContent = summary(rows);
  byId("command-lfmfit").textContent = commandText();
  const serve = data.commands[sheet.stateOf(chosen)];
  byId("serve").hidden = !serve;
  byId("command-serve").textContent = (serve || "").trimEnd();
}

function pin(id) {
  const isNew = !pins.includes(id), star = document.activeElement && document.activeElement.closest("tr[data-id]");
  pins = isNew ? [...pins, id].slice(-mostPins) : pins.filter((other) => other !== id);
  draw();
  keepState();
  const row = sheet.rows(chosen).find((candidate) => candidate.id === id);
  announce(isNew ? sentenceOf(row) : `${row.device.name} is no longer pinned.`);
  const again = star ? document.querySelector(`tr[data-id="${CSS.escape(id)}"] .pin`) : byId("machine-find");
  if (again) again.focus({ preventScroll: true });
}

function restoreState() {
  const hash = readHash();
  data.choices.forEach((choice, i) => {
    const found = choice.values.findIndex((value) => String(value) === hash.get(hashKeys[choice.key]));
    chosen[i] = found >= 0 ? found : choice.first;
    choice.select.value = chosen[i];
  });
  pins = [...new Set((hash.get("pin") || "").split(","))].filter((id) => data.devices.some((device) => device.id === id)).slice(0, mostPins);
  table.restore(hash);
}

// ---- what no state changes

const methods = {
  vllm: [["Memory", "vLLM asks for a share of each GPU and fills what weights and computing leave of it with cache. Weights, blocks and tokens follow its rules; activation, CUDA graphs and what lies beside are estimates with bands."],
    ["Verdict", "Starts: one request of the chosen length finds room in its cache. May refuse: by the likely figures it starts, at the end of their bands it does not. Overruns: CUDA graphs may find no memory. Refuses: its log would say so."],
    ["GPUs", "So many of one card share each layer (tensor parallel); needed and asked for are those of each."]],
  mlx: [["Memory", "Weights by bits and groups, a cache that grows in steps, and a replay of its command buffers."],
    ["Verdict", "The upper bound against what the GPU may wire: runs great up to 75 %, runs well up to 90 %, tight up to 100 %, else too big."]],
};

function drawSheetFixed() {
  setContent(byId("name"), bdi(model.name), ` on ${isVllm ? "vLLM" : "MLX"}`);
  setContent(byId("from"), say`${bdi(model.publisher || "")} \u00b7 ${parametersText(model.parameters)} parameters \u00b7 ${data.release}`);
  byId("elsewhere").hidden = !data.words.published || !/^[\w.-]+\/[\w.-]+$/.test(model.id);
  if (!byId("elsewhere").hidden) byId("card-link").href = `https://huggingface.co/${model.id}`;
  const facts = [["Model", model.id], ["Architecture", `${model.architecture}, ${model.layer_summary || `${model.layers} layers`}`], ["Parameters", grouped(model.parameters)],
    ["Context", `${grouped(model.context_limit)} tokens`], ["Released", model.release_date], ["Licence", model.license], ["Source of these facts", model.source]];
  setContent(byId("facts"), facts.filter(([, value]) => value).map(([label, value]) => el("div", null, el("dt", null, label), el("dd", null, bdi(value)))));
  for (const list of ["notes", "warnings"]) {
    setContent(byId(list), data[list].map((line) => el("li", null, bdi(line))));
    byId(list).hidden = !data[list].length;
  }
  const speed = ["Speed", `Speeds on ${isVllm ? "vLLM" : "MLX"} are not measured: the figures in brackets are a wide band. A minute has 45 words for each token per second.`];
  setContent(byId("methods"), [...methods[data.runtime], speed, ["Units", "GB are 10\u2079 bytes, GiB are 2\u00b3\u2070."], ["Made by", `lfmfit ${data.version}; lfmfit check answers the same.`]]
    .map(([label, text]) => el("div", null, el("dt", null, label), el("dd", null, text))));
}

reveal(() => {
  drawSheetFixed();
  data.choices.forEach((choice, i) => {
    const { select, label } = selectOf(choice.label, choice.values.map(valueText), chosen[i], (value) => { chosen[i] = value; draw(); keepState(); announce(byId("lede").textContent); });
    select.id = `choose-${choice.key}`;
    choice.select = select;
    byId("selectors").append(label);
  });
  const input = byId("machine-find");
  const search = makeDeviceSearch({ input, suggestions: byId("machine-suggestions"), answer: byId("machine-answer"), devices: data.devices, finder: findDevices,
    choose: (device) => { input.value = ""; search.hint([], ""); if (!pins.includes(device.id)) pin(device.id); } });
  input.addEventListener("input", () => { const found = search.meant(input.value); search.hint(found, input.value); search.offer(found); announce(byId("machine-answer").textContent); });
  input.addEventListener("keydown", (event) => { const found = event.key === "Enter" ? search.meant(input.value) : []; if (found.length === 1) search.take(found[0]); });
  restoreState();
  draw();
  for (const name of ["lfmfit", "serve"]) {
    const code = byId(`command-${name}`);
    code.closest(".command").append(copyButton("Copy", `Copy the ${name === "serve" ? "command that starts it" : "lfmfit command"}`, () => code.textContent));
  }
  addEventListener("hashchange", () => { if (location.hash.includes("=")) { restoreState(); draw(); } });
});
