#pragma once

#include <vector>

#include "core/llamacpp/placement.hpp"
#include "lfmfit/model.hpp"

namespace lfmfit {

/// What a pass does with a tensor.
enum class TensorUse {
  kInput,     ///< rows of it are looked up
  kConstant,  ///< factors of rotary embeddings
  kDense,     ///< matrices, norms and biases that every token meets
  kExperts,   ///< the part of the chosen experts
  kHead,      ///< the output layer's matrix
};

/// One copy of a tensor in memory. Places are those of Placement.
struct PlacedTensor {
  const Tensor* tensor = nullptr;
  TensorUse use = TensorUse::kDense;
  int place = 0;
};

/// False for tensors behind the last layer: they predict further tokens, and llama.cpp leaves them in the file.
bool is_loaded(const Tensor& tensor, const Model& model);

/// Where a tensor that is loaded once lies. Factors of rotary embeddings are not: they lie with every layer that reads
/// them.
int place_of(const Tensor& tensor, const Model& model, const Placement& placement);

/// Where the output layer's matrix lies.
int place_of_head(const Tensor& head, const Placement& placement);

/// Where `layer` reads factors of rotary embeddings.
int place_of_rotation_factor(const Tensor& factor, int layer, const Placement& placement);

/// Every copy of `tensors` that llama.cpp makes, in their order. An embedding that is the output layer too (tied) has
/// two uses, and a copy for each where these lie apart. The result points into `tensors`.
std::vector<PlacedTensor> place_tensors(const Model& model, const std::vector<Tensor>& tensors,
                                        const Placement& placement);

}  // namespace lfmfit
