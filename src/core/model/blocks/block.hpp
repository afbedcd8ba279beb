#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/blocks/cache.hpp"
#include "lfmfit/model.hpp"

namespace lfmfit {

/// Appends the tensors of one layer: its norms, its mixer and its feed-forward part.
void add_tensors(const Block& block, const Model& model, int layer, std::vector<Tensor>& tensors);

/// What the layer keeps of every token.
CacheRow cache_row(const Block& block);

/// What the layer keeps of every sequence.
StateRow state_row(const Block& block, const Model& model);

/// Appends a norm over `size` numbers: its weight, and its bias where `kind` has one.
void add_norm(NormKind kind, const std::string& name, std::int64_t size, int layer, std::vector<Tensor>& tensors);

}  // namespace lfmfit
