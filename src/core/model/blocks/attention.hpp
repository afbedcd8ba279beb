#pragma once

#include <vector>

#include "core/model/blocks/cache.hpp"
#include "lfmfit/model.hpp"

namespace lfmfit {

/// Appends the tensors that a file holds for `block` as part of `layer` of `model`.
void add_tensors(const Attention& block, const Model& model, int layer, std::vector<Tensor>& tensors);

/// What `block` caches of a token; nothing for encoders and for layers that read the cache of another.
CacheRow cache_row(const Attention& block);

}  // namespace lfmfit
