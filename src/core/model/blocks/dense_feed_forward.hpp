#pragma once

#include <vector>

#include "lfmfit/model.hpp"

namespace lfmfit {

/// Appends the tensors that a file holds for `block` as part of `layer` of `model`.
void add_tensors(const DenseFeedForward& block, const Model& model, int layer, std::vector<Tensor>& tensors);

}  // namespace lfmfit
