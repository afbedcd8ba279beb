#include "cli/options.hpp"

#include "cli/command_line.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kRequest = "Request";
constexpr const char* kPlacement = "Placement";

void add_model_options(CommandLine& line, RequestOptions& options) {
  line.text(
      "MODEL", options.model,
      "a model of `lfmfit list models` (or a part of its name that is unique), a GGUF file, a config.json, or a folder",
      {.shows_usual = true, .given = &options.model_given});
  line.text("-q,--quant,--quantization", options.quantization,
            "how the weights are stored: a file type of `lfmfit list quants`",
            {.group = kRequest, .shows_usual = true, .given = &options.quantization_given});
  line.texts("--mmproj", options.mmproj,
             "the model's vision or audio part, loaded beside it on the first GPU; repeatable",
             {.group = kRequest, .type = "FILE"});
  line.texts("--lora", options.lora, "a LoRA adapter, loaded beside the model; repeatable",
             {.group = kRequest, .type = "FILE"});
  line.texts("--control-vector", options.control_vectors, "a control vector, loaded beside the model; repeatable",
             {.group = kRequest, .type = "FILE"});
}

void add_cache_options(CommandLine& line, RequestOptions& options) {
  line.text("-c,--context,--ctx-size", options.context,
            "tokens of context: 4096 (the default), 32k, 1m, max (all the model can), or fit (the longest that fits "
            "the device)",
            {.group = kRequest});
  line.text("--cache-type-k", options.type_k, "type of the cached keys (-ctk): f16, q8_0, q4_0, ...",
            {.group = kRequest, .shows_usual = true});
  line.text("--cache-type-v", options.type_v, "type of the cached values (-ctv)",
            {.group = kRequest, .shows_usual = true});
  line.number("--parallel", options.parallel, "slots that share the context (-np)",
              {.group = kRequest, .shows_usual = true});
  line.flag("--kv-unified", options.kv_unified, "one cache for all slots (-kvu)", kRequest);
}

void add_batch_options(CommandLine& line, RequestOptions& options) {
  line.number("-b,--batch-size", options.batch, "tokens of a logical batch", {.group = kRequest, .shows_usual = true});
  line.number("--ubatch-size", options.ubatch, "tokens of a physical batch (-ub)",
              {.group = kRequest, .shows_usual = true});
  line.text("--flash-attn", options.flash_attention, "on, off or auto (-fa)", {.group = kRequest, .shows_usual = true});
  line.flag("--swa-full", options.swa_full, "a full cache for sliding-window layers too", kRequest);
  line.text("--depth", options.depth,
            "tokens already in the context when speed is asked for: 4096, 16k, or full (all of it)",
            {.group = kRequest, .shows_usual = true});
}

void add_placement_options(CommandLine& line, RequestOptions& options) {
  line.text("--gpu-layers,--n-gpu-layers", options.gpu_layers, "layers on the GPU (-ngl): a number or all",
            {.group = kPlacement, .shows_usual = true});
  line.flag("--cpu-moe", options.cpu_moe, "all experts in host memory (-cmoe)", kPlacement);
  line.number("--n-cpu-moe", options.n_cpu_moe, "experts of the first N layers in host memory (-ncmoe)",
              {.group = kPlacement, .shows_usual = true});
  line.flag("--no-kv-offload", options.no_kv_offload, "the cache in host memory (-nkvo)", kPlacement);
  line.flag("--no-op-offload", options.no_op_offload, "no host weights worked on by the GPU", kPlacement);
  line.text("--backend", options.backend,
            "llama.cpp's backend: cuda, rocm, vulkan, metal, cpu; the device's usual one if not given",
            {.group = kPlacement});
}

}  // namespace

void add_request_options(CommandLine& line, RequestOptions& options) {
  add_model_options(line, options);
  add_cache_options(line, options);
  add_batch_options(line, options);
  add_placement_options(line, options);
  line.text("--method", options.method, "exact, or page: the rule of thumb of calculator sites, to compare with",
            {.group = kRequest, .shows_usual = true, .words = {"exact", "page"}});
}

void add_data_options(CommandLine& line, DataOptions& options) {
  line.texts("--data", options.folders,
             "a folder of facts laid out like data/, whose rows replace or add to lfmfit's; repeatable",
             {.group = "Facts", .type = "DIR"});
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
