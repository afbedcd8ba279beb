#pragma once

#include "lfmfit/model.hpp"
#include "lfmfit/model_file.hpp"

namespace lfmfit::ask {

/// Throws Error(kBadRequest) where `adapter` is none for `model`: llama.cpp loads pairs of matrices A and B of tensors
/// that the model has, as wide as those are (llama-adapter.cpp).
void require_adapts(const Companion& adapter, const Model& model);

}  // namespace lfmfit::ask
