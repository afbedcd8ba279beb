#pragma once

#include <vector>

#include "core/speed/gpu_part.hpp"

namespace lfmfit::speed {

/// What works on a workload: its GPUs, or the cores of a CPU. The same for every speed that is asked of a target.
struct Workers {
  std::vector<GpuPart> parts;  ///< one after the other
  Cores processor;             ///< with the CPU backend
};

/// Throws Error(kUnsupported) like estimate_decode. `workload` must outlive them.
Workers workers_of(const Workload& workload, const SpeedTarget& target);

/// As lfmfit::estimate_decode, decode_rate and estimate_prefill, with workers that are known. The depth of `workload`
/// may be another than that of the one they were made for.
SpeedEstimate estimate_decode(const Workload& workload, const SpeedTarget& target, const Workers& workers,
                              std::int64_t sequences);
TokenRate decode_rate(const Workload& workload, const SpeedTarget& target, const Workers& workers,
                      std::int64_t sequences);
SpeedEstimate estimate_prefill(const Workload& workload, const SpeedTarget& target, const Workers& workers);

}  // namespace lfmfit::speed
