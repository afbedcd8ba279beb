#pragma once

#include <vector>

#include "core/model/blocks/cache.hpp"
#include "lfmfit/model.hpp"

namespace lfmfit {

/// Appends the tensors that a file holds for `block` as part of `layer` of `model`.
void add_tensors(const ParallelMixer& block, const Model& model, int layer, std::vector<Tensor>& tensors);

/// What both halves keep.
CacheRow cache_row(const ParallelMixer& block);
StateRow state_row(const ParallelMixer& block, const Model& model);

}  // namespace lfmfit
