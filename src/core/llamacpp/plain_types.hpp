#pragma once

#include "lfmfit/tensor.hpp"

namespace lfmfit {

/// Element types of activations and states, which no row chooses; those of weights and caches come from the catalogue.
extern const TensorType kF32, kF16, kI32, kI64;

}  // namespace lfmfit
