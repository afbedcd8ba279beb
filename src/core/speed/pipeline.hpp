#pragma once

#include "core/speed/gpu_part.hpp"

namespace lfmfit::speed {

/// The share of the sum of their times that GPUs take which hold layers each, for a prompt of `batches` micro-batches
/// like `middle`: while one works on a micro-batch, those before it have the next. 1 where they wait for each other.
double pipelined_share(const Workload& workload, const SpeedTarget& target, const Columns& middle, double batches);

}  // namespace lfmfit::speed
