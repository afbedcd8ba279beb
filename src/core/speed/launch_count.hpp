#pragma once

#include "lfmfit/model.hpp"
#include "lfmfit/workload.hpp"

namespace lfmfit::speed {

/// Adds the parts of `block` that launch kernels.
void add_launches(const Block& block, LaunchCounts& counts);

/// Kernels launched by a pass over `columns` tokens.
double total_launches(const LaunchCounts& counts, const LaunchTable& table, double columns);

}  // namespace lfmfit::speed
