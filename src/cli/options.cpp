#include "cli/options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "lfmfit/error.hpp"

namespace lfmfit::cli {

namespace {

/// llama.cpp's short options of several letters, which other parsers take for a bundle of single letters.
constexpr std::array<std::pair<const char*, const char*>, 13> kLongNames = {{{"-ctk", "--cache-type-k"},
                                                                             {"-ctv", "--cache-type-v"},
                                                                             {"-np", "--parallel"},
                                                                             {"-ub", "--ubatch-size"},
                                                                             {"-fa", "--flash-attn"},
                                                                             {"-ngl", "--gpu-layers"},
                                                                             {"-cmoe", "--cpu-moe"},
                                                                             {"-ncmoe", "--n-cpu-moe"},
                                                                             {"-kvu", "--kv-unified"},
                                                                             {"-nkvo", "--no-kv-offload"},
                                                                             {"-no-kvu", "--no-kv-unified"},
                                                                             {"-n-gpu-layers", "--gpu-layers"},
                                                                             {"-h", "--help"}}};

std::string with_long_name(const std::string& arg) {
  const std::size_t end = std::min(arg.find('='), arg.size());
  for (const auto& [short_name, long_name] : kLongNames) {
    if (arg.compare(0, end, short_name) == 0) return long_name + arg.substr(end);
  }
  return arg;
}

/// Help on 80 columns: descriptions wrapped, kinds of values without the list of those allowed.
class HelpFormat : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_type_size() == 0) return "";
    const std::string type = option->get_type_name();
    const std::string usual = option->get_default_str();
    return " " + type.substr(0, type.find_first_of(": ")) + (usual.empty() ? "" : "=" + usual);
  }

  std::string make_option_desc(const CLI::Option* option) const override {
    return render::wrapped(option->get_description(), 80 - static_cast<int>(get_column_width()), "");
  }
};

/// The help of `app`, groups one blank line apart.
std::string help_of(CLI::App& app) {
  app.formatter(std::make_shared<HelpFormat>());
  std::string text = app.help();
  for (std::size_t at = text.find("\n\n\n"); at != std::string::npos; at = text.find("\n\n\n")) text.erase(at, 1);
  return text;
}

}  // namespace

void add_request_options(CLI::App& app, RequestOptions& options) {
  app.add_option("MODEL", options.model, "a model of `lfmfit list models` (or a part of its name that is unique), a GGUF file, a config.json, or a folder")->capture_default_str();
  app.add_option("-q,--quant,--quantization", options.quantization, "how the weights are stored: a file type of `lfmfit list quants`")
      ->capture_default_str()
      ->each([&options](const std::string&) { options.quantization_given = true; })
      ->group("Request");
  app.add_option("--mmproj", options.mmproj, "the model's vision or audio part, loaded beside it on the first GPU; repeatable")
      ->type_name("FILE")
      ->expected(1)
      ->take_all()
      ->group("Request");
  app.add_option("--lora", options.lora, "a LoRA adapter, loaded beside the model; repeatable")
      ->type_name("FILE")
      ->expected(1)
      ->take_all()
      ->group("Request");
  app.add_option("--control-vector", options.control_vectors, "a control vector, loaded beside the model; repeatable")
      ->type_name("FILE")
      ->expected(1)
      ->take_all()
      ->group("Request");
  app.add_option("-c,--context,--ctx-size", options.context,
                 "tokens of context: 4096 (the default), 32k, 1m, max (all the model can), or fit (the longest that fits the device)")
      ->group("Request");
  app.add_option("--cache-type-k", options.type_k, "type of the cached keys (-ctk): f16, q8_0, q4_0, ...")->capture_default_str()->group("Request");
  app.add_option("--cache-type-v", options.type_v, "type of the cached values (-ctv)")->capture_default_str()->group("Request");
  app.add_option("--parallel", options.parallel, "slots that share the context (-np)")->capture_default_str()->group("Request");
  app.add_flag("--kv-unified", options.kv_unified, "one cache for all slots (-kvu)")->group("Request");
  app.add_option("-b,--batch-size", options.batch, "tokens of a logical batch")->capture_default_str()->group("Request");
  app.add_option("--ubatch-size", options.ubatch, "tokens of a physical batch (-ub)")->capture_default_str()->group("Request");
  app.add_option("--flash-attn", options.flash_attention, "on, off or auto (-fa)")->capture_default_str()->group("Request");
  app.add_flag("--swa-full", options.swa_full, "a full cache for sliding-window layers too")->group("Request");
  app.add_option("--depth", options.depth, "tokens already in the context when speed is asked for: 4096, 16k, or full (all of it)")->capture_default_str()->group("Request");
  app.add_option("--gpu-layers,--n-gpu-layers", options.gpu_layers, "layers on the GPU (-ngl): a number or all")
      ->capture_default_str()
      ->group("Placement");
  app.add_flag("--cpu-moe", options.cpu_moe, "all experts in host memory (-cmoe)")->group("Placement");
  app.add_option("--n-cpu-moe", options.n_cpu_moe, "experts of the first N layers in host memory (-ncmoe)")->capture_default_str()->group("Placement");
  app.add_flag("--no-kv-offload", options.no_kv_offload, "the cache in host memory (-nkvo)")->group("Placement");
  app.add_flag("--no-op-offload", options.no_op_offload, "no host weights worked on by the GPU")->group("Placement");
  app.add_option("--backend", options.backend, "llama.cpp's backend: cuda, rocm, vulkan, metal, cpu; the device's usual one if not given")
      ->group("Placement");
  app.add_option("--method", options.method, "exact, or page: the rule of thumb of calculator sites, to compare with")
      ->check(CLI::IsMember({"exact", "page"}))
      ->capture_default_str()
      ->group("Request");
}

void add_data_options(CLI::App& app, DataOptions& options) {
  app.add_option("--data", options.folders, "a folder of facts laid out like data/, whose rows replace or add to lfmfit's; repeatable")
      ->type_name("DIR")
      ->expected(1)
      ->take_all()
      ->group("Facts");
}

void add_page_options(CLI::App& app, OutputOptions& options) {
  app.add_option("--color,--colour", options.colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str()
      ->group("Output");
  app.add_option("--width", options.width, "columns to lay the answer out on; the terminal's if not given")
      ->check(CLI::Range(40, 1000))
      ->group("Output");
}

render::Page page_of(const OutputOptions& options, const Environment& environment) {
  const bool colour = options.colour == "always" || (options.colour == "auto" && environment.colour);
  return {options.width > 0 ? options.width : environment.width, colour};
}

bool read_options(CLI::App& app, const std::vector<std::string>& args, std::ostream& out) {
  std::vector<std::string> reversed;
  for (auto arg = args.rbegin(); arg != args.rend(); ++arg) reversed.push_back(with_long_name(*arg));
  try {
    app.parse(reversed);
    return true;
  } catch (const CLI::CallForHelp&) {
    out << help_of(app);
    return false;
  } catch (const CLI::ParseError& error) {
    throw Error(ErrorKind::kBadRequest, std::string(error.what()) + "; see --help");
  }
}

}  // namespace lfmfit::cli
