#include "render/change_text.hpp"

#include <fmt/format.h>

namespace lfmfit::render {

std::string change_options(const Change& change, bool vllm) {
  switch (change.kind) {
    case Change::Kind::kQuantization: return "-q " + change.name;
    case Change::Kind::kCacheType:
      return vllm ? "--kv-cache-dtype " + change.name : fmt::format("-ctk {0} -ctv {0}", change.name);
    case Change::Kind::kExpertsOnHost: return fmt::format("-ncmoe {}", change.number);
    case Change::Kind::kLayersOnGpu:
      return change.number == Change::kAll ? "-ngl all" : fmt::format("-ngl {}", change.number);
    case Change::Kind::kMicroBatch: return fmt::format("-ub {}", change.number);
    case Change::Kind::kContext: return fmt::format("{} {}", vllm ? "--max-model-len" : "-c", change.number);
    case Change::Kind::kHostMemory: return fmt::format("--ram {}GiB", change.number);
    case Change::Kind::kDevice:
      return change.name.find(' ') == std::string::npos ? "--on " + change.name
                                                        : fmt::format("--on \"{}\"", change.name);
    case Change::Kind::kCacheOnGpu:
    case Change::Kind::kMemoryBandwidth:
    case Change::Kind::kCompute:
    case Change::Kind::kHostBandwidth:
    case Change::Kind::kPcieBandwidth: break;
  }
  return "";
}

std::string change_options(const std::vector<Change>& changes, bool vllm) {
  std::string text;
  for (const Change& change : changes) text += (text.empty() ? "" : " ") + change_options(change, vllm);
  return text;
}

std::string change_text(const Change& change) {
  const std::string options = change_options(change, false);
  switch (change.kind) {
    case Change::Kind::kQuantization:
      return change.quality.empty() ? options : fmt::format("{} ({})", options, change.quality);
    case Change::Kind::kCacheType: return options + " (unmeasured)";
    case Change::Kind::kExpertsOnHost:
      return change.number == 0 ? "all experts on the GPU" : options + " (the fewest that fit)";
    case Change::Kind::kLayersOnGpu:
      return change.number == Change::kAll ? "all layers on the GPU" : options + " (the most that fit)";
    case Change::Kind::kCacheOnGpu: return "the cache on the GPU";
    case Change::Kind::kMicroBatch: return options + " (for prompts as long)";
    case Change::Kind::kMemoryBandwidth: return "twice the memory bandwidth";
    case Change::Kind::kCompute: return "twice the compute";
    case Change::Kind::kHostBandwidth: return "host memory of twice the bandwidth";
    case Change::Kind::kPcieBandwidth: return "twice the PCIe bandwidth";
    case Change::Kind::kContext:
    case Change::Kind::kHostMemory:
    case Change::Kind::kDevice: break;
  }
  return options;
}

}  // namespace lfmfit::render
