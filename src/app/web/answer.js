"use strict";
// One answer as people read it: the sentence, a bar for each place, speeds, and the parts of the memory.

const verdictOrder = ["runs great", "runs well", "tight", "partial", "too big"];
const verdictLook = { "runs great": "great", "runs well": "well", tight: "tight", partial: "tight", "too big": "big" };
const rankOfVerdict = (verdict) => (verdictOrder.includes(verdict) ? verdictOrder.indexOf(verdict) : verdictOrder.length);
const markOf = (verdict) => el("span", { class: `verdict ${verdictLook[verdict] || "big"}` }, verdict);

const rangeText = (low, high) => (known(low) && known(high) ? `${rate(low)} to ${rate(high)}` : "");
// Texts of others, without what would turn or hide the text around them.
const plain = (text) => String(text).replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
const name = (text) => bdi(plain(text));

function placeName(place, gpus) {
  if (place === "host") return "RAM";
  if (place === "memory") return "Memory";
  const number = Number(place.slice(3));
  return gpus > 1 ? `GPU ${number}` : "GPU";
}

function sentence(answer) {
  const { request, fit, speed, model } = answer;
  const context = request.context || request.max_model_len;
  const what = `${plain(model.id)} as ${request.quantization}${context ? ` with ${grouped(context)} tokens of context` : ""}`;
  if (!fit) return `${what}.`;
  const on = plain(request.device);
  if (fit.verdict === "too big") return `${what} is too big for ${on}: it lacks ${gbText(-fit.headroom_bytes)}.`;
  const fast = speed && known(speed.decode_tok_s) ? `, ${rate(speed.decode_tok_s)} tokens a second (${rangeText(speed.decode_low_tok_s, speed.decode_high_tok_s)})` : "";
  return `${what}: ${fit.verdict} on ${on}${fast}.`;
}

function placeBar(place, gpus) {
  const { usable_bytes: usable, required_bytes: required } = place;
  const share = known(usable) && usable > 0 ? required / usable : null;
  const look = share === null ? "well" : share > 1 ? "big" : share > 0.9 ? "tight" : share > 0.75 ? "well" : "great";
  return el("li", null,
    el("span", { class: "place" }, placeName(place.place, gpus)),
    el("span", { class: "gauge", "aria-hidden": "true" }, share === null ? null : barOf(look, share)),
    el("span", { class: "figure" }, known(usable) ? `${gbText(required)} of ${gbText(usable)}` : `${gbText(required)}`),
    el("span", { class: "left" }, known(usable) ? (usable >= required ? `${gbText(usable - required)} left` : `lacks ${gbText(required - usable)}`) : "size not told"));
}

function barOf(look, share) {
  const bar = el("i", { class: look });
  bar.style.width = `${Math.min(100, share * 100)}%`;
  return bar;
}

const speedRows = [
  ["Decoding", "decode_tok_s", (speed) => rangeText(speed.decode_low_tok_s, speed.decode_high_tok_s)],
  ["Decoding, half of the context full", "decode_half_context_tok_s"],
  ["Decoding, the context full", "decode_full_context_tok_s"],
  ["Reading the prompt", "prefill_tok_s", (speed) => rangeText(speed.prefill_low_tok_s, speed.prefill_high_tok_s)],
  ["All slots together", "throughput_tok_s", (speed) => rangeText(speed.throughput_low_tok_s, speed.throughput_high_tok_s)],
];

function speedFacts(answer) {
  const speed = answer.speed || {};
  const facts = speedRows.filter(([, key]) => known(speed[key])).map(([label, key, band]) =>
    el("div", null, el("dt", null, label), el("dd", { "data-key": key }, `${rate(speed[key])} tok/s`,
      band && band(speed) ? el("small", null, ` (${band(speed)})`) : null)));
  if (known(speed.time_to_first_token_s))
    facts.push(el("div", null, el("dt", null, `First token after a prompt of ${grouped(answer.request.prompt || 512)}`), el("dd", null, secondsText(speed.time_to_first_token_s))));
  return facts;
}

// What vLLM's log will say, and what gives it more cache.
function vllmFacts({ vllm: log, request }) {
  if (!log) return [];
  const fact = (label, key, text) => el("div", null, el("dt", null, label), el("dd", { "data-key": key }, text));
  const facts = [fact("vLLM", "verdict", log.verdict === "starts" || log.verdict === "overruns" ? "starts" : orDash(log.verdict, plain))];
  if (log.reason) facts.push(fact("Why", "reason", plain(log.reason)));
  if (log.blocks) {
    facts.push(fact("GPU KV cache size", "kv_cache_tokens", `${grouped(log.kv_cache_tokens)} tokens (at least ${grouped(log.kv_cache_tokens_low)})`),
      fact(`Requests of ${grouped(request.max_model_len)} tokens at once`, "maximum_concurrency", log.maximum_concurrency.toFixed(2)),
      fact("Longest max_model_len that starts", "largest_max_model_len", `${grouped(log.largest_max_model_len)} tokens`));
  }
  const gains = log.changes.filter((change) => change.starts && change.kv_cache_gain_bytes > 0)
    .map((change) => `${change.options} (${gbText(change.kv_cache_gain_bytes)})`);
  return gains.length ? [...facts, fact("More cache with", "changes", plain(listed(gains)))] : facts;
}

// Text at the rate of the answer.
function feltParts(answer) {
  const speed = answer.speed || {};
  if (!known(speed.decode_tok_s)) return [];
  const { button, place } = feltOf({ first: speed.time_to_first_token_s, decode: speed.decode_tok_s }, "this answer");
  return [el("p", { class: "note" }, wordsAMinute(speed.decode_tok_s)), button, place];
}

// The parts of each place; whatever names of bytes a runtime has.
function partsTable(memory) {
  const places = [...(memory.gpus || []).map((part, i) => [(memory.gpus || []).length > 1 ? `GPU ${i}` : "GPU", part]), ...(memory.host ? [["RAM", memory.host]] : [])];
  const keys = [...new Set(places.flatMap(([, part]) => Object.keys(part).filter((key) => key.endsWith("_bytes") && part[key] !== 0)))];
  const label = (key) => key.replace(/_bytes$/, "").replaceAll("_", " ").replace("kv", "KV").replace("total low", "total, at least").replace("total high", "total, at most");
  const order = (key) => (key.startsWith("total") ? 1 : 0);
  return el("table", { class: "plain", id: "parts" },
    el("thead", null, el("tr", null, el("th", { scope: "col" }, "GB"), places.map(([place]) => el("th", { scope: "col" }, place)))),
    el("tbody", null, keys.sort((a, b) => order(a) - order(b)).map((key) =>
      el("tr", { "data-key": key }, el("th", { scope: "row" }, label(key)), places.map(([, part]) => el("td", { title: known(part[key]) ? `${grouped(part[key])} bytes` : null }, orDash(part[key], gb)))))));
}

// "layers 0 to 19 on GPU 0, 20 to 35 in RAM"
function layersText(layers) {
  const runs = [];
  layers.forEach((place, i) => {
    const run = runs[runs.length - 1];
    if (run && run.place === place) run.last = i;
    else runs.push({ place, first: i, last: i });
  });
  const where = (place) => (/^gpu/.test(place) ? `GPU ${place.slice(3)}` : place === "host" ? "RAM" : place);
  return runs.map((run) => `${run.first === run.last ? run.first : `${run.first} to ${run.last}`} on ${where(run.place)}`).join(", ");
}

function placementText(placement) {
  if (!placement || !placement.layers || !placement.layers.length) return "";
  const experts = placement.n_cpu_moe > 0 ? ` The experts of ${plural(placement.n_cpu_moe, "layer", "layers")} stay in RAM.` : "";
  return `Layers ${layersText(placement.layers)}.${experts}`;
}

// Where a model of the catalogue is published. Only the reader follows these links.
function drawLinks({ model }, isPublished) {
  byId("elsewhere").hidden = !isPublished || !/^[\w.-]+\/[\w.-]+$/.test(model.id);
  if (byId("elsewhere").hidden) return;
  byId("card-link").href = `https://huggingface.co/${model.id}`;
  byId("files-link").href = `https://huggingface.co/models?library=gguf&other=base_model:quantized:${encodeURIComponent(model.id)}`;
}

function drawAnswer(answer) {
  const { fit, memory } = answer;
  const gpus = (memory.gpus || []).length;
  setContent(byId("verdict"), fit ? markOf(fit.verdict) : null, " ", name(sentence(answer)));
  setContent(byId("places"), fit ? fit.places.map((place) => placeBar(place, gpus)) : []);
  setContent(byId("speeds"), [...vllmFacts(answer), ...speedFacts(answer)]);
  setContent(byId("felt"), feltParts(answer));
  setContent(byId("basis"), answer.speed && answer.speed.speed_basis ? `Speed: ${plain(answer.speed.speed_basis)}.` : "");
  setContent(byId("placement"), placementText(answer.placement));
  setContent(byId("memory-parts"), partsTable(memory));
  setContent(byId("warnings"), (answer.warnings || []).map((text) => el("li", null, name(text))));
  setContent(byId("notes"), (answer.notes || []).map((text) => el("li", null, name(text))));
}

// What is wrong, and buttons for the names that it offers.
function drawProblem(error, names, choose) {
  const offered = names.filter((id) => new RegExp(`(^|[^\\w./-])${id.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}($|[^\\w./-])`).test(error.message)).slice(0, 12);
  setContent(byId("problem"), el("p", null, name(error.message)),
    offered.length ? el("div", { class: "buttons" }, offered.map((id) => {
      const button = el("button", { type: "button" }, id);
      button.addEventListener("click", () => choose(error.kind, id));
      return button;
    })) : null);
}
