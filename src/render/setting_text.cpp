#include "render/setting_text.hpp"

#include <fmt/format.h>

namespace lfmfit::render {

namespace {

std::string option_of(const Setting& setting, bool vllm) {
  switch (setting.kind) {
    case Setting::Kind::kQuantization: return "-q " + setting.name;
    case Setting::Kind::kCacheType:
      return vllm ? "--kv-cache-dtype " + setting.name : fmt::format("-ctk {0} -ctv {0}", setting.name);
    case Setting::Kind::kContext: return fmt::format("{} {}", vllm ? "--max-model-len" : "-c", setting.number);
    case Setting::Kind::kExpertsOnHost: return fmt::format("-ncmoe {}", setting.number);
    case Setting::Kind::kLayersOnGpu: return fmt::format("-ngl {}", setting.number);
    case Setting::Kind::kHostMemory: return fmt::format("--ram {}GiB", setting.number);
    case Setting::Kind::kDevice: break;
  }
  const bool is_word = setting.name.find(' ') == std::string::npos;
  return is_word ? "--on " + setting.name : fmt::format("--on \"{}\"", setting.name);
}

}  // namespace

std::string setting_options(const std::vector<Setting>& settings, bool vllm) {
  std::string text;
  for (const Setting& setting : settings) text += (text.empty() ? "" : " ") + option_of(setting, vllm);
  return text;
}

}  // namespace lfmfit::render
