#pragma once

#include <string>
#include <vector>

#include "core/speed/gpu_part.hpp"

namespace lfmfit::speed {

/// What an estimate rests on, and its band.
struct Basis {
  bool measured = true;
  double low = 1, high = 1;  ///< as shares of the estimate
  std::string text;
};

/// Of the work that a GPU or CPU does with constants of `row`.
Basis basis_of(SpeedQuestion question, const Workload& workload, const SpeedTarget& target, const Device& device,
               const SpeedRow& row);

/// Of the work of all `parts`: the widest band.
Basis basis_of(SpeedQuestion question, const Workload& workload, const SpeedTarget& target,
               const std::vector<GpuPart>& parts);

}  // namespace lfmfit::speed
