#pragma once

#include <vector>

#include "core/llamacpp/placed_tensor.hpp"

namespace lfmfit {

/// What is mapped of the file where a GPU shares its memory with the host: for each of them one span, from the first to
/// the last tensor that it computes with, and so whatever lies between.
struct MappedSpans {
  Bytes gpu;
  Bytes host;
  Bytes both;  ///< what lies in either span
};

/// The spans of `tensors` of `model` that are mapped where they lie as `placed` says.
MappedSpans mapped_spans(const Model& model, const std::vector<Tensor>& tensors,
                         const std::vector<PlacedTensor>& placed, const Placement& placement);

}  // namespace lfmfit
