#include "render/change_text.hpp"

#include <fmt/format.h>

namespace lfmfit::render {

std::string change_text(const Change& change) {
  switch (change.kind) {
    case Change::Kind::kQuantization:
      return fmt::format("-q {}{}", change.name, change.quality.empty() ? "" : " (" + change.quality + ")");
    case Change::Kind::kCacheType: return fmt::format("-ctk {0} -ctv {0} (unmeasured)", change.name);
    case Change::Kind::kExpertsOnHost:
      if (change.number == 0) return "all experts on the GPU";
      return fmt::format("-ncmoe {} (the fewest that fit)", change.number);
    case Change::Kind::kLayersOnGpu:
      if (change.number == Change::kAll) return "all layers on the GPU";
      return fmt::format("-ngl {} (the most that fit)", change.number);
    case Change::Kind::kCacheOnGpu: return "the cache on the GPU";
    case Change::Kind::kMicroBatch: return fmt::format("-ub {} (for prompts as long)", change.number);
    case Change::Kind::kMemoryBandwidth: return "twice the memory bandwidth";
    case Change::Kind::kCompute: return "twice the compute";
    case Change::Kind::kHostBandwidth: return "host memory of twice the bandwidth";
    case Change::Kind::kPcieBandwidth: return "twice the PCIe bandwidth";
  }
  return "";
}

}  // namespace lfmfit::render
