#pragma once

#include <vector>

#include "core/model/blocks/cache.hpp"
#include "lfmfit/model.hpp"

namespace lfmfit {

/// Appends the tensors that a file holds for `block` as part of `layer` of `model`.
void add_tensors(const StateSpace& block, const Model& model, int layer, std::vector<Tensor>& tensors);

/// The last inputs of the convolution and the state of the recurrence.
StateRow state_row(const StateSpace& block, const Model& model);

}  // namespace lfmfit
