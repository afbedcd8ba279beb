#pragma once

#include <vector>

#include "core/llamacpp/placed_tensor.hpp"
#include "lfmfit/memory.hpp"

namespace lfmfit {

/// What one GPU holds of the matrices that several share by rows.
struct RowShare {
  Bytes bytes;
  Bytes allocated;  ///< with each piece rounded up as the driver may
};

/// Whether `placed` is a matrix whose rows SplitMode::kRow spreads over all GPUs. Only CUDA and ROCm have such buffers;
/// elsewhere, and for experts, biases, norms and kernels of convolutions, the layer's GPU holds all of it.
bool is_split_by_rows(const PlacedTensor& placed, const Placement& placement, const Request& request,
                      const BackendTraits& traits);

/// The share of each GPU in those of `placed` that are split by rows.
std::vector<RowShare> row_shares(const std::vector<PlacedTensor>& placed, const Placement& placement,
                                 const Request& request, const MemoryContext& context);

}  // namespace lfmfit
