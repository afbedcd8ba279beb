#pragma once

#include <vector>

#include "core/llamacpp/placement.hpp"
#include "lfmfit/speed.hpp"

namespace lfmfit::speed {

/// Adds the weights that a pass reads to the load of the place they lie in: the GPUs, or the host beside them.
void add_weights(const Model& model, const std::vector<Tensor>& tensors, const Placement& placement,
                 const SpeedConstants& constants, Workload& workload);

}  // namespace lfmfit::speed
