// Frequently asked questions, answered from the figures of the page's state. Every sentence has a form for none, one,
// some and all, because a page that says "top options" of an empty list helps nobody.

const nameOf = (item) => bdi(item.device.name);
const lighter = (a, b) => a.device.usable_bytes - b.device.usable_bytes || byRank(a, b);
const runsWell = (row) => row.verdict <= 1;
const memoryOf = (row) => `${gbText(row.required)} of ${gbText(row.usable)} usable`;

// "All 264 GPUs run it: 262 great, 2 well."
function countSentence(list, one, many) {
  const counts = list.reduce((sum, row) => { sum[row.verdict] += 1; return sum; }, [0, 0, 0, 0, 0]);
  const able = counts[0] + counts[1] + counts[2];
  if (!list.length) return `No ${many} are listed.`;
  const named = [[counts[0], "great"], [counts[1], "well"], [counts[2], "tightly"]].filter(([count]) => count);
  const ways = named.length === 1 && able > 1 ? `, all of them ${named[0][1]}` : `: ${listed(named.map(([count, word]) => `${grouped(count)} ${word}`))}`;
  if (!able) return list.length === 1 ? `The one ${one} listed does not run it.` : `None of the ${grouped(list.length)} ${many} listed runs it whole.`;
  if (list.length === 1) return `The one ${one} listed runs it ${named[0][1]}.`;
  const verb = able === 1 ? "runs" : "run";
  const who = able === list.length ? `All ${grouped(able)} ${many} listed` : `${grouped(able)} of ${grouped(list.length)} ${many} listed`;
  return able === 1 ? `${who} ${verb} it, ${named[0][1]}.` : `${who} ${verb} it${ways}.`;
}

function smallestSentence(list, noun) {
  const well = list.filter(runsWell).sort(lighter)[0];
  if (well) return say` The ${noun} with the least memory that runs it well or better is the ${nameOf(well)} (needs up to ${memoryOf(well)}).`;
  const tight = list.filter(runsAtAll).sort(lighter)[0];
  return tight ? say` None has room to spare; the smallest that holds it is the ${nameOf(tight)} (needs up to ${memoryOf(tight)}).` : [];
}

// "The fastest Mac listed, the ..., decodes about 400 tokens per second (300 to 500, 380 with a full context)."
function fastestSentence(what, list) {
  const row = list.filter((candidate) => known(candidate.decode)).sort(fastestFirst)[0];
  if (!row) return [];
  const deep = known(row.full) && rate(row.full) !== rate(row.decode) ? `, ${rate(row.full)} with a full context` : "";
  return say` The fastest ${what} listed, the ${nameOf(row)}, decodes about ${rate(row.decode)} tokens per second (${rate(row.low)} to ${rate(row.high)}${deep}).`;
}

function vramAnswer({ figures, sum, name, scene, s }) {
  const parts = partsThatAddUp([sum.weights, sum.cache, sum.state, sum.compute, sum.driver], sum.total);
  const all = figures.quantizations.map((quantization, q) => ({ quantization, sum: figures.headline({ ...s, quantization: q }) })).filter((item) => item.sum);
  const least = all.reduce((a, b) => (b.sum.total < a.sum.total ? b : a)), most = all.reduce((a, b) => (b.sum.total > a.sum.total ? b : a));
  const span = least === most ? [] : say` Over all quantizations it is ${gbText(least.sum.total)} (${bdi(least.quantization.name)}) to ${gbText(most.sum.total)} (${bdi(most.quantization.name)}).`;
  return [say`${name} ${scene} needs about ${gbText(sum.total)} of ${placeName}: weights ${parts[0]}, KV cache ${parts[1]}, state ${parts[2]},`, say` compute buffers ${parts[3]} and the driver ${parts[4]}. The driver\u2019s share differs between systems, so it can be ${gbText(sum.lowest)} to ${gbText(sum.highest)}.`, span];
}

const qualityText = (quantization) => (known(quantization.quality_percent)
  ? `about ${Math.round(quantization.quality_percent)} % of the quality as a rule of thumb (${quantization.quality})` : quantization.quality || "quality not rated");

function bestQuantizationAnswer({ figures, s }) {
  const chosen = figures.quantizations[s.quantization];
  const index = figures.quantizations.findIndex((quantization) => quantization.recommended);
  const costs = (q) => { const sum = figures.headline({ ...s, quantization: q }); return sum ? `needs ${gbText(sum.total)} here` : "cannot run in this combination"; };
  if (index < 0) return say`None is recommended for this model; ${bdi(chosen.name)}, the one chosen, keeps ${qualityText(chosen)}.`;
  const best = figures.quantizations[index];
  const first = say`${bdi(best.name)} is the usual choice: it keeps ${qualityText(best)} and ${costs(index)}.`;
  const higher = figures.quantizations.findIndex((quantization) => quantization.bits_per_weight > best.bits_per_weight && quantization.bits_per_weight < 9);
  const more = higher >= 0 ? say` With memory to spare, ${bdi(figures.quantizations[higher].name)} (${figures.quantizations[higher].quality || "higher quality"}) ${costs(higher)}.` : [];
  const own = index === s.quantization ? [] : say` The one chosen above, ${bdi(chosen.name)}, keeps ${qualityText(chosen)}.`;
  return [first, more, own];
}

function macAnswer({ unified }) {
  const macs = unified.filter((row) => row.device.vendor === "Apple" && /^i?Mac/i.test(row.device.name));
  if (!macs.length) return "No Macs are listed here.";
  const able = macs.filter(runsAtAll).length;
  return [able === macs.length ? "Yes. " : able ? "Yes, with enough memory. " : "Not in this state. ",
    countSentence(macs, "Mac", "Macs"), smallestSentence(macs, "Mac"), fastestSentence("Mac", macs)];
}

function localAnswer({ unified, gpus, cpus, sum }) {
  const homely = (row) => row.device.segment === "consumer" || row.device.segment === "laptop";
  const home = [...gpus, ...unified].filter(homely);
  const own = home.length ? `${countSentence(home, "consumer or laptop device", "consumer and laptop devices")} ` : "";
  const host = known(sum.host) ? `Beside the GPU\u2019s memory it takes ${gbText(sum.host)} of ordinary memory. ` : "";
  if (!cpus.length) return [own, host];
  const least = cpus.filter(runsAtAll).sort(lighter)[0];
  const without = least ? `Without a GPU it takes ${gbText(least.required)} of ordinary memory. ` : "";
  return [own, host, without, countSentence(cpus, "machine without a GPU", "machines without a GPU"), fastestSentence("one", cpus)];
}

function speedAnswer({ gpus, unified, figures, s }) {
  const home = gpus.filter((row) => row.device.segment === "consumer" && known(row.decode));
  const first = home.length ? fastestSentence("consumer GPU", home) : fastestSentence("GPU", gpus);
  const second = fastestSentence("unified-memory device", unified);
  if (!first.length && !second.length) {
    return [...gpus, ...unified].some(runsAtAll) ? "No speed is known for this model." : "No GPU or unified-memory device listed runs it in this state, so there is no speed to tell.";
  }
  const best = [...home, ...gpus, ...unified].filter((row) => known(row.decode))[0];
  const group = figures.parallel(s) > 1 && known(best.together)
    ? say` ${grouped(figures.parallel(s))} requests at once reach about ${rate(best.together.value)} together on the ${nameOf(best)} (${rate(best.together.low)} to ${rate(best.together.high)}).` : "";
  return [first, second, group, " The two figures in brackets are the band that four of five measurements lie in. Other devices are in the tables above."];
}

function downloadAnswer({ figures, s }) {
  const chosen = figures.quantizations[s.quantization];
  const files = figures.quantizations.filter((quantization) => known(quantization.file_bytes)).sort((a, b) => a.file_bytes - b.file_bytes);
  if (!known(chosen.file_bytes)) return "The size of the file is not known.";
  const first = say`The ${bdi(chosen.name)} file has ${gbText(chosen.file_bytes)} (${grouped(chosen.file_bytes)} bytes).`;
  const last = files[files.length - 1];
  return files.length < 2 ? first : [first, say` The smallest, ${bdi(files[0].name)}, has ${gbText(files[0].file_bytes)}, the largest, ${bdi(last.name)}, ${gbText(last.file_bytes)}.`];
}

function gpusAnswer({ gpus }) {
  const best = gpus.filter((row) => runsAtAll(row) && known(row.decode)).slice(0, 3);
  const top = best.length > 1 ? say` First in the table (what people own, by verdict and speed): ${nameOf(best[0])}, ${nameOf(best[1])}${best[2] ? [", ", nameOf(best[2])] : ""}.` : "";
  return [countSentence(gpus, "GPU", "GPUs"), smallestSentence(gpus, "GPU"), top];
}

function devicesAnswer({ unified }) {
  return [countSentence(unified, "unified-memory device", "unified-memory devices"), smallestSentence(unified, "device")];
}

function contextAnswer({ figures, s, sum, model, gpus, unified }) {
  const last = figures.contexts.length - 1;
  if (last === 0) return "This page has a single context length.";
  const at = (context) => ({ tokens: grouped(figures.contexts[context]), sum: figures.headline({ ...s, context }) });
  const from = at(0), to = at(last);
  if (!from.sum || !to.sum) return "llama.cpp cannot run this combination at every context.";
  const growth = to.sum.cache > from.sum.cache
    ? say`From ${from.tokens} to ${to.tokens} tokens the KV cache grows from ${gbText(from.sum.cache)} to ${gbText(to.sum.cache)}, and all that is needed from ${gbText(from.sum.total)} to ${gbText(to.sum.total)}.`
    : say`The cache does not grow; from ${from.tokens} to ${to.tokens} tokens all that is needed goes from ${gbText(from.sum.total)} to ${gbText(to.sum.total)}.`;
  const layers = known(model.attention_layers) && model.attention_layers > 0 && model.attention_layers < model.layers
    ? ` ${model.attention_layers} of ${model.layers} layers ${model.attention_layers === 1 ? "keeps" : "keep"} a cache that grows.` : "";
  const shared = figures.parallel(s) > 1 ? ` The ${grouped(figures.parallel(s))} slots share the context: each ${figures.data.request.kv_unified ? "may take all of it" : `has ${grouped(figures.depthOf(s))} tokens`}.` : "";
  const slower = [...gpus, ...unified].some((row) => known(row.decode)) ? " A longer context that is full also slows decoding, as the picture of speed shows." : "";
  return [growth, layers, slower, shared];
}

function sitesAnswer({ figures, s, sum, model }) {
  const rule = figures.sites(s);
  const partly = known(model.attention_layers) && model.attention_layers < model.layers;
  const why = "The rule multiplies rounded parameters by a nominal number of bits, adds a cache " +
    (partly ? `for all ${model.layers} layers, though ${model.attention_layers ? `only ${plural(model.attention_layers, "layer keeps", "layers keep")}` : "none keeps"} one that grows,` : "of 16 bits for every layer") +
    " and a fixed 0.3 GB. This page adds up what llama.cpp allocates: each tensor as it is stored, each cache, the compute buffers, and an allowance for the driver.";
  if (!known(rule)) return why;
  const ratio = rule / sum.total;
  const how = ratio > 1.05 ? `${(ratio).toFixed(1)} times as much` : ratio < 0.95 ? "less than it takes" : "about the same";
  return [`The rule of thumb of calculator sites gives ${gbText(rule)} here, where this page says ${gbText(sum.total)}: ${how}. `, why,
    " The rule knows neither cache types nor parallel slots."];
}

const questions = [
  [(name) => say`How much VRAM does ${name} need?`, vramAnswer],
  [() => "Which quantization is best?", bestQuantizationAnswer],
  [() => "Does it run on a Mac?", macAnswer],
  [() => "Does it run locally, and without a GPU?", localAnswer],
  [() => "How fast is it?", speedAnswer],
  [() => "How large is the download?", downloadAnswer],
  [() => "Which GPUs run it?", gpusAnswer],
  [() => "Which unified-memory devices run it?", devicesAnswer],
  [() => "What does a longer context cost?", contextAnswer],
  [() => "Why do other sites say something else?", sitesAnswer],
];
const alwaysAnswered = new Set([bestQuantizationAnswer, downloadAnswer]);

// Sentences bring the space before them; the first one needs none.
function paragraphOf(parts) {
  const nodes = [parts].flat(Infinity).filter((node) => node !== "");
  return typeof nodes[0] === "string" ? [nodes[0].trimStart(), ...nodes.slice(1)] : nodes;
}

function drawQuestions(host, scene) {
  const refused = "llama.cpp cannot run this combination of quantization, cache and context; choose another above.";
  setContent(host, questions.map(([question, answer], i) => [
    el("h3", { id: `question-${i + 1}` }, question(bdi(scene.model.name))),
    el("p", { id: `answer-${i + 1}` }, paragraphOf(scene.sum || alwaysAnswered.has(answer) ? answer(scene) : refused)),
  ]).flat());
}
