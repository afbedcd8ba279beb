#include "cli/options.hpp"

#include "ask/question.hpp"
#include "cli/command_line.hpp"
#include "cli/mlx_options.hpp"
#include "cli/vllm_options.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/law.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kRequest = "Request";
constexpr const char* kPlacement = "Placement";

std::vector<std::string> methods() {
  std::vector<std::string> words;
  for (const Law* law : laws()) {
    if (std::string_view(law->runtime) == laws().front()->runtime) words.emplace_back(law->method);
  }
  return words;
}

void add_model_options(CommandLine& line, Asked& asked) {
  line.text(
      "MODEL", asked.model,
      "a model of `lfmfit list models` (or a part of its name that is unique), a GGUF file, a config.json, or a folder",
      {.usual = ask::kUsualModel});
  line.text("-q,--quant,--quantization", asked.quantization,
            "how the weights are stored: a file type or a publisher's mix of `lfmfit list quants` (unsloth:UD-Q4_K_XL)",
            {.group = kRequest, .usual = ask::kUsualQuantization});
  line.flag("--imatrix", asked.request.importance_matrix, true,
            "the weights were quantized with an importance matrix, as those of file types that need one always are and "
            "those of most publishers",
            kRequest);
  line.flag("--no-imatrix", asked.request.importance_matrix, false,
            "they were quantized without one, where the file type can be", kRequest);
  line.flag("--with-mmproj", asked.with_mmproj,
            "the model's own vision or audio part as it is published, loaded beside it on the first GPU", kRequest);
  line.texts("--mmproj", asked.mmproj,
             "the model's vision or audio part, loaded beside it on the first GPU; repeatable",
             {.group = kRequest, .type = "FILE"});
  line.texts("--lora", asked.lora, "a LoRA adapter, loaded beside the model; repeatable",
             {.group = kRequest, .type = "FILE"});
  line.texts("--control-vector", asked.control_vectors, "a control vector, loaded beside the model; repeatable",
             {.group = kRequest, .type = "FILE"});
}

void add_cache_options(CommandLine& line, Asked& asked) {
  line.text("-c,--context,--ctx-size", asked.context,
            "tokens of context: 4096 (the default), 32k, 1m, max (all the model can), or fit (the longest that fits "
            "the device)",
            {.group = kRequest});
  line.text("--cache-type-k", asked.kv_type_k, "type of the cached keys (-ctk): f16, q8_0, q4_0, ...",
            {.group = kRequest, .usual = ask::kUsualCacheType});
  line.text("--cache-type-v", asked.kv_type_v, "type of the cached values (-ctv)",
            {.group = kRequest, .usual = ask::kUsualCacheType});
  line.number("--parallel", asked.request.parallel, "slots that share the context (-np)",
              {.group = kRequest, .shows_usual = true});
  line.number("--users", asked.users, "requests at once: as many slots", {.group = kRequest});
  line.text("--context-each", asked.context_each, "tokens of context for each of them: 8k", {.group = kRequest});
  line.flag("--kv-unified", asked.request.kv_unified, "one cache for all slots (-kvu)", kRequest);
}

void add_batch_options(CommandLine& line, Asked& asked) {
  line.number("-b,--batch-size", asked.request.batch, "tokens of a logical batch",
              {.group = kRequest, .shows_usual = true});
  line.number("--ubatch-size", asked.request.ubatch, "tokens of a physical batch (-ub)",
              {.group = kRequest, .shows_usual = true});
  line.text("--flash-attn", asked.flash_attention, "on, off or auto (-fa)",
            {.group = kRequest, .usual = name_of(Request{}.flash_attention)});
  line.flag("--embedding,--embeddings", asked.request.embeddings, "computes embeddings and generates nothing",
            kRequest);
  line.text("--pooling", asked.pooling,
            "how the embeddings of tokens become one: none, mean, cls, last or rank; as the model says if not given",
            {.group = kRequest});
  line.flag("--swa-full", asked.request.swa_full, "a full cache for sliding-window layers too", kRequest);
  line.text("--depth", asked.depth,
            "tokens already in the context when speed is asked for: 4096, 16k, or full (all of it)",
            {.group = kRequest, .usual = std::to_string(Request{}.depth.count())});
}

void add_speed_options(CommandLine& line, Asked& asked) {
  line.number("--prompt", asked.request.prompt,
              "tokens of the prompt whose time is asked; 512 if not given, or a whole micro-batch where that is more",
              {.group = kRequest});
  line.number("--ram-bandwidth", asked.ram_bandwidth_gb_s,
              "GB/s of the memory beside the GPU or of the CPU: channels x rate, 51.2 for two of DDR4-3200",
              {.group = kPlacement});
  line.number("--threads", asked.request.threads, "of the CPU that compute (-t); all its cores if not given",
              {.group = kPlacement});
}

void add_placement_options(CommandLine& line, Asked& asked) {
  line.text(
      "--gpu-layers,--n-gpu-layers", asked.gpu_layers,
      "layers on the GPU (-ngl): a number, all, or auto, which leaves a margin of 1,024 MiB as llama.cpp does; if not "
      "given, all where they fit and auto where not",
      {.group = kPlacement});
  line.text("--split-mode", asked.split_mode, "how several GPUs share it (-sm): layer, row, tensor or none",
            {.group = kPlacement, .usual = name_of(Request{}.split_mode)});
  line.numbers("--tensor-split", asked.request.tensor_split,
               "proportion of each GPU (-ts): 3,1; if not given, by their free memory", {.group = kPlacement});
  line.number("--main-gpu", asked.request.main_gpu, "the GPU that holds all with --split-mode none (-mg)",
              {.group = kPlacement, .shows_usual = true});
  line.size("--ram", asked.ram, "memory beside the GPU: 64GiB", {.group = kPlacement});
  line.size("--reserve", asked.reserve, "to be left free on each GPU: 1GiB", {.group = kPlacement});

  line.flag("--cpu-moe", asked.request.cpu_moe, "all experts in host memory (-cmoe)", kPlacement);
  line.text("--n-cpu-moe", asked.n_cpu_moe,
            "experts of the first N layers in host memory (-ncmoe); auto: as few as fit", {.group = kPlacement});
  line.texts("--override-tensor", asked.override_tensor,
             "where tensors lie (-ot): PATTERN=CPU or PATTERN=CUDA1, a regular expression of their names, several with "
             "commas between; repeatable, the first that is found in a name counts, and before -cmoe and -ncmoe",
             {.group = kPlacement, .type = "PATTERN"});
  line.flag_off("--no-kv-offload", asked.request.offload_kqv, "the cache in host memory (-nkvo)", kPlacement);
  line.flag_off("--no-mmap", asked.request.mmap, "weights in memory of their own, not in the mapped file", kPlacement);
  line.number("--moe-cache-mib", asked.request.moe_cache_mib,
              "MiB on the GPU for experts that lie in host memory; 0.7 and later", {.group = kPlacement});
  line.flag_off("--no-op-offload", asked.request.op_offload, "no host weights worked on by the GPU", kPlacement);
  line.text("--backend", asked.backend,
            "llama.cpp's backend: cuda, rocm, vulkan, metal, cpu; the device's usual one if not given",
            {.group = kPlacement});
}

void add_speculation_options(CommandLine& line, Asked& asked) {
  line.text("--spec-type", asked.speculative.type,
            "what drafts tokens ahead: draft-mtp (the model's own further layer), draft-simple (another model), none",
            {.group = kRequest});
  line.number("--draft-max,--spec-draft-n-max", asked.speculative.max, "most tokens drafted ahead; 3 if not given",
              {.group = kRequest});
  line.text("--model-draft,--spec-draft-model", asked.speculative.model,
            "the model that drafts (-md), quantized as the other", {.group = kRequest});
}

}  // namespace

void add_request_options(CommandLine& line, Asked& asked) {
  add_model_options(line, asked);
  add_cache_options(line, asked);
  add_batch_options(line, asked);
  add_placement_options(line, asked);
  add_speculation_options(line, asked);
  add_vllm_options(line, asked);
  add_mlx_options(line, asked.mlx);
  add_speed_options(line, asked);
  line.text("--method", asked.method, "exact, or page: the rule of thumb of calculator sites, to compare with",
            {.group = kRequest, .usual = laws().front()->method, .words = methods()});
  line.text(
      "--like", asked.like,
      "server: as a plain llama-server runs it: four slots that share one cache, and the model's whole context, "
      "shortened to what fits; ollama: as that does, a context by the GPU's memory for each of OLLAMA_NUM_PARALLEL "
      "slots",
      {.group = kRequest});
  line.text("--runtime", asked.runtime,
            "the program it runs in, and the release whose rules count: llama.cpp (the newest that is known), "
            "llama.cpp@0.5, vllm, vllm@0.20, mlx",
            {.group = kRequest, .usual = std::string("llama.cpp@") + releases().back().version});
}

void add_data_options(CommandLine& line, DataOptions& options) {
  line.texts("--data", options.folders,
             "a folder of facts laid out like data/, whose rows replace or add to lfmfit's; repeatable",
             {.group = "Facts", .type = "DIR"});
}

void add_total_option(CommandLine& line, bool& total, const std::string& group) {
  line.flag("--total", total, "of --on local count all memory, not what is free now", group);
}

ask::MemoryCount memory_count_of(bool total) { return total ? ask::MemoryCount::kTotal : ask::MemoryCount::kFree; }

void require_one_format(const OutputOptions& options) {
  if (options.json && options.csv)
    throw Error(ErrorKind::kBadRequest, "--json and --csv are two ways to print one answer; give one of them");
}

void add_strict_option(CommandLine& line, OutputOptions& options) {
  line.flag("--strict", options.strict, "exit with 1 where there is a warning", "Output");
}

bool fails_strictly(const OutputOptions& options, const std::vector<std::string>& warnings) {
  return options.strict && !warnings.empty();
}

std::string strict_text(const OutputOptions& options, const std::vector<std::string>& warnings) {
  return fails_strictly(options, warnings) ? "  --strict: there is a warning, so the exit code is 1\n" : "";
}

void add_terminal_options(CommandLine& line, OutputOptions& options) {
  line.text("--color,--colour", options.colour, "auto, always or never",
            {.group = "Output", .shows_usual = true, .words = {"auto", "always", "never"}});
  line.number("--width", options.width,
              "columns to lay the answer out on, which may shorten names; the terminal's if not given",
              {.group = "Output", .range = {{40, 1000}}});
}

render::Terminal terminal_of(const OutputOptions& options, const Environment& environment) {
  const bool colour = options.colour == "always" || (options.colour == "auto" && environment.colour);
  const bool laid_out = options.width > 0;
  return {laid_out ? static_cast<int>(options.width) : environment.width, colour, laid_out || environment.is_terminal};
}

}  // namespace lfmfit::cli
