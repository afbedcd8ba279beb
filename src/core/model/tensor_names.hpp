#pragma once

#include <string>
#include <vector>

#include "lfmfit/model.hpp"
#include "lfmfit/request.hpp"

namespace lfmfit {

/// What a GGUF calls it: "blk.3.attn_q.weight".
std::string full_name(const TensorName& name);

/// True for weights of all experts of a layer: a token uses them only for the experts that are chosen.
bool is_of_experts(const Tensor& tensor);

/// True for matrices of linear layers, which the libraries that quantize checkpoints take: not embeddings, the output
/// layer, norms, routers and convolutions.
bool is_linear(const Tensor& tensor);

/// The same, with embeddings, the output layer and routers.
bool is_matrix_of_weights(const Tensor& tensor);

/// True for factors of rotary embeddings (rope_freqs, rope_factors_*): constants, not weights.
bool is_rotation_factor(const Tensor& tensor);

/// The one of `tensors` that the output layer multiplies with: output.weight, or the embedding where there is none
/// (tied). Null for an encoder, and where there is neither.
const Tensor* head_of(const Model& model, const std::vector<Tensor>& tensors);

/// Numbers of an embedding that a model with `tensors` makes: of the last projection behind the layers, or of a layer.
std::int64_t embedding_width(const Model& model, const std::vector<Tensor>& tensors);

/// True for what llama.cpp multiplies a pooled hidden state with: projections (dense_2, dense_3) and classifiers (cls).
bool is_behind_pooling(const Tensor& tensor);

/// True for what a state-space scan decays by.
bool is_scan_parameter(const Tensor& tensor);

}  // namespace lfmfit
