#pragma once

#include <vector>

#include "core/llamacpp/placed_tensor.hpp"

namespace lfmfit {

/// What a GPU that shares its memory with the host maps of the file: one span, from the first to the last tensor that
/// it computes with, and so whatever lies between.
struct MappedSpan {
  Bytes bytes;         ///< of the span
  Bytes also_on_host;  ///< of it, what the host reads through a mapping of its own
};

/// The span of `tensors` of `model` that the GPU of `placement` maps where they lie as `placed` says.
MappedSpan mapped_span(const Model& model, const std::vector<Tensor>& tensors, const std::vector<PlacedTensor>& placed,
                       const Placement& placement);

}  // namespace lfmfit
