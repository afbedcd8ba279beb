#include "render/setting_text.hpp"

#include <fmt/format.h>

namespace lfmfit::render {

namespace {

std::string option_of(const Setting& setting, std::string_view runtime) {
  const bool vllm = runtime == "vllm";
  switch (setting.kind) {
    case Setting::Kind::kQuantization: return "-q " + setting.name;
    case Setting::Kind::kCacheType:
      if (runtime == "mlx") return fmt::format("--kv-bits {}", setting.number);
      return vllm ? "--kv-cache-dtype " + setting.name : fmt::format("-ctk {0} -ctv {0}", setting.name);
    case Setting::Kind::kContext: return fmt::format("{} {}", vllm ? "--max-model-len" : "-c", setting.number);
    case Setting::Kind::kExpertsOnHost: return fmt::format("-ncmoe {}", setting.number);
    case Setting::Kind::kLayersOnGpu: return fmt::format("-ngl {}", setting.number);
    case Setting::Kind::kRequestsAtOnce: return fmt::format("--max-num-seqs {}", setting.number);
    case Setting::Kind::kTokensAStep: return fmt::format("--max-num-batched-tokens {}", setting.number);
    case Setting::Kind::kTensorParallel: return fmt::format("-tp {}", setting.number);
    case Setting::Kind::kHostMemory: return fmt::format("--ram {}GiB", setting.number);
    case Setting::Kind::kDevice: break;
  }
  const bool is_word = setting.name.find(' ') == std::string::npos;
  return is_word ? "--on " + setting.name : fmt::format("--on \"{}\"", setting.name);
}

}  // namespace

std::string setting_options(const std::vector<Setting>& settings, std::string_view runtime) {
  std::string text;
  for (const Setting& setting : settings) text += (text.empty() ? "" : " ") + option_of(setting, runtime);
  return text;
}

}  // namespace lfmfit::render
