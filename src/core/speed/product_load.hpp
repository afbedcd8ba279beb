#pragma once

#include <vector>

#include "core/llamacpp/placement.hpp"
#include "lfmfit/workload.hpp"

namespace lfmfit::speed {

/// The loads of `workload` that what lies at `place` belongs to: the host beside GPUs, or all GPUs together and, where
/// each is counted, the one.
std::vector<PlaceLoad*> loads_at(int place, const Placement& placement, Workload& workload);

/// Adds the matrices that a pass multiplies with to the loads of the places they lie in.
void add_products(const Model& model, const std::vector<Tensor>& tensors, const Placement& placement,
                  const SpeedConstants& constants, Workload& workload);

}  // namespace lfmfit::speed
