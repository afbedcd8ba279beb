#pragma once

#include <vector>

#include "core/model/blocks/cache.hpp"
#include "lfmfit/model.hpp"

namespace lfmfit {

/// Appends the tensors that a file holds for `block` as part of `layer` of `model`.
void add_tensors(const LatentAttention& block, const Model& model, int layer, std::vector<Tensor>& tensors);

/// The compressed row of a token; values are read from the keys.
CacheRow cache_row(const LatentAttention& block);

}  // namespace lfmfit
