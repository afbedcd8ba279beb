"use strict";
// Every key of a request, and the control that sets it. `of` is the runtime that has it, `also` another; without, all do.

const cacheTypes = ["f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0", "iq4_nl"];
const contexts = ["2k", "4k", "8k", "16k", "32k", "64k", "128k", "max", "fit"];
const switches = ["auto", "on", "off"];
const llama = "llama.cpp", vllm = "vllm", mlx = "mlx";

// kind: number (least), size (GiB shown, bytes asked), choice (options; the first is what nothing asked means), word (a
// number or a word; offers), text, lines (an array of texts), numbers (an array), yes (true or left out), no (false or
// left out). Keys with a point are of an object inside.
const settings = [
  { key: "context", label: "Context (tokens)", kind: "word", offers: contexts, of: llama, also: mlx, first: true, hint: "4096, 32k, max or fit" },
  { key: "kv_type_k", label: "Cache type K", kind: "choice", options: ["", ...cacheTypes], none: "f16", of: llama, first: true },
  { key: "kv_type_v", label: "Cache type V", kind: "choice", options: ["", ...cacheTypes], none: "f16", of: llama, first: true },
  { key: "parallel", label: "Slots at once", kind: "number", least: 1, none: "1", of: llama, first: true },
  { key: "max_model_len", label: "Longest request (tokens)", kind: "word", offers: ["4k", "8k", "32k", "auto"], of: vllm, first: true },
  { key: "max_num_seqs", label: "Requests at once", kind: "number", least: 1, of: vllm, first: true },
  { key: "kv_cache_dtype", label: "Cache type", kind: "text", offers: ["auto", "fp8"], of: vllm, first: true },
  { key: "gpu_memory_utilization", label: "Share of the GPU's memory", kind: "number", least: 0, step: "any", none: "0.9", of: vllm, first: true },
  { key: "tensor_parallel_size", label: "Tensor parallel", kind: "number", least: 1, of: vllm, group: "vLLM" },
  { key: "pipeline_parallel_size", label: "Pipeline parallel", kind: "number", least: 1, of: vllm, group: "vLLM" },
  { key: "data_parallel_size", label: "Data parallel", kind: "number", least: 1, of: vllm, group: "vLLM" },
  { key: "enable_expert_parallel", label: "Expert parallel", kind: "yes", of: vllm, group: "vLLM" },
  { key: "max_num_batched_tokens", label: "Batched tokens", kind: "number", least: 1, of: vllm, group: "vLLM" },
  { key: "block_size", label: "Block size", kind: "number", least: 1, of: vllm, group: "vLLM" },
  { key: "enforce_eager", label: "Eager, no CUDA graphs", kind: "yes", of: vllm, group: "vLLM" },
  { key: "enable_prefix_caching", label: "Prefix caching", kind: "yesno", of: vllm, group: "vLLM" },
  { key: "kv_cache_memory_bytes", label: "Cache memory (GiB)", kind: "size", of: vllm, group: "vLLM" },
  { key: "device_bytes", label: "GPU memory as the driver reports it (GiB)", kind: "size", of: vllm, group: "vLLM" },
  { key: "max_loras", label: "LoRA adapters at once", kind: "number", least: 0, of: vllm, group: "vLLM" },
  { key: "max_lora_rank", label: "Highest LoRA rank", kind: "number", least: 1, of: vllm, group: "vLLM" },

  { key: "kv_bits", label: "Cache bits", kind: "number", least: 2, none: "16", of: mlx, first: true },
  { key: "kv_group_size", label: "Cache group", kind: "number", least: 1, of: mlx, group: "MLX" },
  { key: "quantized_kv_start", label: "Quantized cache from token", kind: "number", least: 0, of: mlx, group: "MLX" },
  { key: "max_kv_size", label: "Rotating cache (tokens)", kind: "number", least: 1, of: mlx, group: "MLX" },
  { key: "prefill_step_size", label: "Prompt tokens at once", kind: "number", least: 1, of: mlx, group: "MLX" },

  { key: "gpu_layers", label: "Layers on GPUs", kind: "layers", of: llama, group: "Offload" },
  { key: "n_cpu_moe", label: "Layers whose experts stay in RAM", kind: "layers", of: llama, group: "Offload", experts: true },
  { key: "cpu_moe", label: "All experts in RAM", kind: "yes", of: llama, group: "Offload", experts: true },
  { key: "split_mode", label: "Split between GPUs", kind: "choice", options: ["", "layer", "row", "tensor", "none"], none: "layer", of: llama, group: "Offload" },
  { key: "tensor_split", label: "Shares of the GPUs", kind: "numbers", hint: "3, 1", of: llama, group: "Offload" },
  { key: "main_gpu", label: "Main GPU", kind: "number", least: 0, none: "0", of: llama, group: "Offload" },
  { key: "gpu_count", label: "GPUs used", kind: "number", least: 0, none: "all", of: llama, group: "Offload" },
  { key: "override_tensor", label: "Tensors elsewhere (-ot), one a line", kind: "lines", hint: "exps=CPU", of: llama, group: "Offload" },
  { key: "offload_kqv", label: "Keep the cache in RAM", kind: "no", of: llama, group: "Offload" },
  { key: "op_offload", label: "No large batches to the GPU", kind: "no", of: llama, group: "Offload" },
  { key: "mmap", label: "Load without mmap", kind: "no", of: llama, group: "Offload" },
  { key: "moe_cache_mib", label: "Cache of experts (MiB)", kind: "number", least: 0, of: llama, group: "Offload", experts: true },

  { key: "flash_attention", label: "Flash attention", kind: "choice", options: ["", ...switches], none: "auto", of: llama, group: "Runtime" },
  { key: "batch", label: "Batch", kind: "number", least: 1, none: "2048", of: llama, group: "Runtime" },
  { key: "ubatch", label: "Micro-batch", kind: "number", least: 1, none: "512", of: llama, group: "Runtime" },
  { key: "kv_unified", label: "One cache for all slots", kind: "yes", of: llama, group: "Runtime" },
  { key: "swa_full", label: "Full cache of sliding layers", kind: "yes", of: llama, group: "Runtime" },
  { key: "outputs", label: "Rows of logits", kind: "word", offers: ["all"], of: llama, group: "Runtime" },
  { key: "embeddings", label: "Answers with embeddings", kind: "yes", of: llama, group: "Runtime" },
  { key: "pooling", label: "Pooling", kind: "choice", options: ["", "none", "mean", "cls", "last", "rank"], none: "the model's own", of: llama, group: "Runtime" },
  { key: "like", label: "As a plain llama-server", kind: "choice", options: ["", "server"], none: "no", of: llama, group: "Runtime" },
  { key: "backend", label: "Backend", kind: "choice", options: "backends", none: "the device's own", group: "Runtime" },
  { key: "runtime", label: "Runtime", kind: "text", offers: ["llama.cpp", "llama.cpp@0.5", "vllm", "mlx"], none: "newest llama.cpp", group: "Runtime", reshapes: true },
  { key: "method", label: "Method", kind: "choice", options: ["", "exact", "page"], none: "exact", group: "Runtime" },
  { key: "importance_matrix", label: "Made with an importance matrix", kind: "yes", of: llama, group: "Runtime" },

  { key: "users", label: "Users at once", kind: "number", least: 1, of: llama, also: mlx, group: "Work" },
  { key: "context_each", label: "Context of each user", kind: "word", offers: contexts.slice(0, -1), of: llama, also: mlx, group: "Work" },
  { key: "prompt", label: "Prompt (tokens)", kind: "number", least: 1, none: "512", of: llama, also: mlx, group: "Work" },
  { key: "depth", label: "Tokens already in the cache", kind: "word", offers: ["4k", "16k", "max"], none: "0", group: "Work" },
  { key: "speculative.type", label: "Speculation", kind: "text", offers: ["mtp", "draft", "ngram", "eagle", "eagle3", "draft_model"], none: "none", of: llama, also: vllm, group: "Work" },
  { key: "speculative.max", label: "Tokens drafted", kind: "number", least: 1, of: llama, also: vllm, group: "Work" },
  { key: "speculative.model", label: "Draft model", kind: "text", offers: "models", of: llama, also: vllm, group: "Work" },
  { key: "with_mmproj", label: "With its vision or audio part", kind: "yes", of: llama, group: "Work" },

  { key: "threads", label: "Threads", kind: "number", least: 1, of: llama, group: "Machine" },
  { key: "ram_bytes", label: "RAM (GiB)", kind: "size", of: llama, group: "Machine" },
  { key: "ram_bandwidth_gb_s", label: "RAM bandwidth (GB/s)", kind: "number", least: 0, step: "any", of: llama, group: "Machine" },
  { key: "reserve_bytes", label: "Left free on each GPU (GiB)", kind: "size", group: "Machine" },
  { key: "available_bytes", label: "Memory that may be used (GiB)", kind: "size", of: llama, also: mlx, group: "Machine" },
  { key: "runtime_bytes", label: "What the driver takes (GiB)", kind: "size", of: llama, group: "Machine" },
];

// Set elsewhere: by the fields above all settings, by files that were dropped, and by what reads and writes command lines.
const otherKeys = ["id", "model", "device", "quantization", "mmproj", "lora", "control_vectors", "command_line", "commands"];

function runtimeOf(asked) {
  const words = asked.runtime || "";
  return /^vllm/i.test(words) ? vllm : /^mlx/i.test(words) ? mlx : llama;
}

const takes = (runtime, setting) => !setting.of || setting.of === runtime || setting.also === runtime;

// ---- a request as a flat object: "speculative.max" is a key like others

function requestOf(asked, changes) {
  const request = {};
  const runtime = runtimeOf(asked);
  for (const [key, value] of Object.entries({ ...asked, ...changes })) {
    const setting = settings.find((candidate) => candidate.key === key);
    if (value === undefined || (setting && !takes(runtime, setting))) continue;
    const [outer, inner] = key.split(".");
    if (inner) request[outer] = { ...request[outer], [inner]: value };
    else request[key] = value;
  }
  return request;
}

const isEmpty = (value) => value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
const numberOrText = (text) => (/^-?\d+$/.test(text) ? Number(text) : text);

// What the text of a control asks; undefined: nothing.
const readers = {
  number: (text) => (text === "" ? undefined : Number(text)),
  size: (text) => (text === "" ? undefined : Math.round(Number(text) * 2 ** 30)),
  choice: (text) => text || undefined,
  word: (text) => (text.trim() === "" ? undefined : numberOrText(text.trim())),
  layers: (text) => (text.trim() === "" ? undefined : numberOrText(text.trim())),
  text: (text) => text.trim() || undefined,
  lines: (text) => text.split("\n").map((line) => line.trim()).filter(Boolean),
  numbers: (text) => text.split(/[\s,;]+/).filter(Boolean).map(Number),
  yes: (text) => text === "true" || undefined,
  no: (text) => (text === "true" ? false : undefined),
  yesno: (text) => (text === "" ? undefined : text === "true"),
};

const writers = {
  size: (value) => String(value / 2 ** 30),
  lines: (value) => value.join("\n"),
  numbers: (value) => value.join(", "),
  no: () => "true",
};

const textOfSetting = (setting, value) => (isEmpty(value) ? "" : (writers[setting.kind] || String)(value));

// ---- the address keeps what was asked, so that it can be kept and sent

function writeAsked(asked, files) {
  const pairs = Object.entries(asked).filter(([key, value]) => !isEmpty(value) && !files.has(value) && !(Array.isArray(value) && value.some((item) => files.has(item))));
  writeHash(pairs.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]));
}

// Nothing in an address is taken on its word: values of the wrong form are left out.
function readAsked() {
  const asked = {};
  const hash = readHash();
  for (const key of ["model", "device", "quantization"]) if (hash.get(key)) asked[key] = hash.get(key).slice(0, 1000);
  for (const setting of settings) {
    const text = hash.get(setting.key);
    if (text === null || text.length > 1000) continue;
    let value = text;
    if (!["choice", "text"].includes(setting.kind)) {
      try { value = JSON.parse(text); } catch (broken) { value = text; }
    }
    if (fitsKind(setting.kind, value)) asked[setting.key] = value;
  }
  return asked;
}

function fitsKind(kind, value) {
  const isNumber = typeof value === "number" && Number.isFinite(value);
  if (["number", "size"].includes(kind)) return isNumber;
  if (["word", "layers"].includes(kind)) return isNumber || typeof value === "string";
  if (["choice", "text"].includes(kind)) return typeof value === "string";
  if (kind === "lines") return Array.isArray(value) && value.every((item) => typeof item === "string");
  if (kind === "numbers") return Array.isArray(value) && value.every((item) => typeof item === "number");
  return typeof value === "boolean";
}
