#pragma once

#include <vector>

#include "core/llamacpp/placed_tensor.hpp"
#include "lfmfit/memory.hpp"

namespace lfmfit {

/// What products and attention of `model` ask of the libraries that ggml's CUDA backend computes with, on each GPU:
/// whether it loads cuBLAS, and what its pool of scratch buffers grows to. `scene` as it turned out.
std::vector<DriverDemand> driver_demands(const Model& model, const std::vector<PlacedTensor>& placed,
                                         const Placement& placement, const Request& request, const Scene& scene,
                                         const CacheSizes& cells);

}  // namespace lfmfit
