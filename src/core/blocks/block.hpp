#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lfmfit/model.hpp"

namespace lfmfit {

/// Appends the tensors of one layer: its norms, its mixer and its feed-forward part.
void add_tensors(const Block& block, const Model& model, int layer, std::vector<Tensor>& tensors);

/// Appends a norm over `size` numbers: its weight, and its bias where `kind` has one.
void add_norm(NormKind kind, const std::string& name, std::int64_t size, int layer, std::vector<Tensor>& tensors);

}  // namespace lfmfit
