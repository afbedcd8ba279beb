#pragma once

#include <string>
#include <vector>

#include "core/speed/laws.hpp"
#include "core/speed/ledger.hpp"

namespace lfmfit::speed {

/// Work that GPUs of one kind do.
struct GpuPart {
  const PlaceLoad* load = nullptr;
  const Device* gpu = nullptr;
  Rates rates;
  const SpeedRow* row = nullptr;
  std::string label;  ///< what formulas call the GPU: " on RTX 3090"; empty where all are alike
};

/// True where GPUs share each layer and work on it side by side.
bool shares_layers(const SpeedTarget& target);

/// The work of `workload` by GPU, with the constants of `law` for each: all in one part where the GPUs of `target` are
/// alike. Throws Error(kUnsupported) where a GPU's rates or constants are not known, or its work was not counted.
std::vector<GpuPart> gpu_parts(const Workload& workload, const SpeedTarget& target, const SpeedLaw& law);

/// What an estimate over `parts` rests on: on all of them, so that its band is the widest.
Basis basis_of(const Workload& workload, const SpeedTarget& target, const SpeedLaw& law,
               const std::vector<GpuPart>& parts, const Beyond& beyond);

}  // namespace lfmfit::speed
