#pragma once

#include <string>
#include <vector>

#include "core/speed/pass.hpp"

namespace lfmfit::speed {

/// Work that GPUs of one kind do.
struct GpuPart {
  const PlaceLoad* load = nullptr;
  const Device* gpu = nullptr;
  Card card;
  std::string label;  ///< what formulas call the GPU: " on RTX 3090"; empty where all are alike
};

/// True where GPUs share each layer and work on it side by side.
bool shares_layers(const SpeedTarget& target);

/// The work of `workload` by GPU: all in one part where the GPUs of `target` are alike. Throws Error(kUnsupported)
/// where a GPU's rates or constants are not known, or its work was not counted.
std::vector<GpuPart> gpu_parts(const Workload& workload, const SpeedTarget& target);

/// Of GPUs that share each layer the slowest over `columns`: the others wait for it. Alike ones are as one that is as
/// many times faster.
std::vector<GpuPart> slowest_part(std::vector<GpuPart> parts, const Columns& columns, const SpeedTarget& target);

}  // namespace lfmfit::speed
