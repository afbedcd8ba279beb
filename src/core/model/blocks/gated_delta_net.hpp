#pragma once

#include <vector>

#include "core/model/blocks/cache.hpp"
#include "lfmfit/model.hpp"

namespace lfmfit {

/// Appends the tensors that a file holds for `block` as part of `layer` of `model`.
void add_tensors(const GatedDeltaNet& block, const Model& model, int layer, std::vector<Tensor>& tensors);

/// The last inputs of the convolution and one matrix per value head.
StateRow state_row(const GatedDeltaNet& block, const Model& model);

}  // namespace lfmfit
