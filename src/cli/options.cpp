#include "cli/options.hpp"

#include "ask/question.hpp"
#include "cli/command_line.hpp"
#include "lfmfit/law.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kRequest = "Request";
constexpr const char* kPlacement = "Placement";

std::vector<std::string> methods() {
  std::vector<std::string> words;
  for (const Law* law : laws()) words.emplace_back(law->method);
  return words;
}

void add_model_options(CommandLine& line, Asked& asked) {
  line.text(
      "MODEL", asked.model,
      "a model of `lfmfit list models` (or a part of its name that is unique), a GGUF file, a config.json, or a folder",
      {.usual = ask::kUsualModel});
  line.text("-q,--quant,--quantization", asked.quantization,
            "how the weights are stored: a file type of `lfmfit list quants`",
            {.group = kRequest, .usual = ask::kUsualQuantization});
  line.flag("--imatrix", asked.request.importance_matrix,
            "the weights were quantized with an importance matrix, as those of file types that need one always are",
            kRequest);
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
  line.flag("--swa-full", asked.request.swa_full, "a full cache for sliding-window layers too", kRequest);
  line.text("--depth", asked.depth,
            "tokens already in the context when speed is asked for: 4096, 16k, or full (all of it)",
            {.group = kRequest, .usual = std::to_string(Request{}.depth.count())});
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
  line.flag_off("--no-op-offload", asked.request.op_offload, "no host weights worked on by the GPU", kPlacement);
  line.text("--backend", asked.backend,
            "llama.cpp's backend: cuda, rocm, vulkan, metal, cpu; the device's usual one if not given",
            {.group = kPlacement});
}

}  // namespace

void add_request_options(CommandLine& line, Asked& asked) {
  add_model_options(line, asked);
  add_cache_options(line, asked);
  add_batch_options(line, asked);
  add_placement_options(line, asked);
  line.text("--method", asked.method, "exact, or page: the rule of thumb of calculator sites, to compare with",
            {.group = kRequest, .usual = laws().front()->method, .words = methods()});
}

void add_data_options(CommandLine& line, DataOptions& options) {
  line.texts("--data", options.folders,
             "a folder of facts laid out like data/, whose rows replace or add to lfmfit's; repeatable",
             {.group = "Facts", .type = "DIR"});
}

void add_strict_option(CommandLine& line, OutputOptions& options) {
  line.flag("--strict", options.strict, "exit with 1 where there is a warning", "Output");
}

void add_terminal_options(CommandLine& line, OutputOptions& options) {
  line.text("--color,--colour", options.colour, "auto, always or never",
            {.group = "Output", .shows_usual = true, .words = {"auto", "always", "never"}});
  line.number("--width", options.width, "columns to lay the answer out on; the terminal's if not given",
              {.group = "Output", .range = {{40, 1000}}});
}

render::Terminal terminal_of(const OutputOptions& options, const Environment& environment) {
  const bool colour = options.colour == "always" || (options.colour == "auto" && environment.colour);
  return {options.width > 0 ? static_cast<int>(options.width) : environment.width, colour};
}

}  // namespace lfmfit::cli
