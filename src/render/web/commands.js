// The state as commands: what asks lfmfit for the same figures, and what runs it.

const shellWord = (text) => (/^[\w@%+=:,.\/-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`);
const shellWords = (list) => list.map((word) => ` ${shellWord(word)}`).join("");

// What the page was made with beside the selectors, under llama.cpp's names.
function settings(request) {
  const given = [
    [request.batch !== 2048, `-b ${request.batch}`], [request.ubatch !== 512, `-ub ${request.ubatch}`],
    [request.flash_attention !== "auto", `-fa ${request.flash_attention}`], [request.swa_full, "--swa-full"],
    [request.embeddings, `--embeddings --pooling ${request.pooling}`],
  ];
  return given.filter(([differs]) => differs).map(([, option]) => ` ${option}`).join("");
}

function commandsOf(figures, s, model, pins) {
  const { words, request, backends, reference } = figures.data;
  const cache = figures.caches[s.cache], name = figures.quantizations[s.quantization].name, slots = figures.parallel(s);
  const types = (cache.type_k === "f16" ? "" : ` -ctk ${cache.type_k}`) + (cache.type_v === "f16" ? "" : ` -ctv ${cache.type_v}`);
  const shared = request.kv_unified ? " --kv-unified" : "", context = ` -c ${figures.contexts[s.context]}`;
  const isFile = known(words.file), gpu = !backends[reference].is_cpu;
  const on = pins.map((id) => ` --on ${shellWord(id)}`).join("");
  const file = words.file || `${model.id.split("/").pop()}-${name.replace(/^.*:/, "")}.gguf`;
  return {
    lfmfit: `lfmfit ${shellWord(words.model)}${isFile ? "" : ` -q ${shellWord(name)}`}${context}${types}${slots > 1 ? ` -np ${slots}` : ""}${shared}${gpu ? " -ngl all" : ""}${shellWords(words.lfmfit)}${on}`,
    server: `llama-server -m ${shellWord(file)}${context}${gpu ? " -ngl 99" : ""}${types} -np ${slots}${shared}${settings(request)}${shellWords(words.server)}`,
  };
}
