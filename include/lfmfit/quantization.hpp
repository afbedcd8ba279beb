#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lfmfit/model.hpp"
#include "lfmfit/tensor.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// What a tensor is for, as far as llama.cpp's quantizer treats it specially.
enum class TensorRole { kTokenEmbedding, kOutput, kAttentionQ, kAttentionK, kAttentionV, kAttentionQkv, kAttentionKvB,
                        kAttentionOutput, kFfnGate, kFfnUp, kFfnDown, kOther };

/// The role that the quantizer reads from a tensor's name ("attn_v.weight" -> kAttentionV).
TensorRole role_of(const std::string& tensor_name);

/// Which of n layers a rule applies to; i counts the tensors of that role in layer order.
enum class LayerRange { kAll, kFirstEighth, kFirstSixteenth, kFirstTwo, kFirstFour, kMiddle, kMoreBits };

/// One line of a recipe: the first rule that matches a tensor gives its type. An unset condition always holds.
struct QuantizationRule {
  TensorRole role = TensorRole::kOther;
  LayerRange layers = LayerRange::kAll;
  std::optional<bool> importance_matrix;  ///< only with (true) or without (false) an importance matrix
  std::int64_t min_gqa = 0;               ///< only if query heads per KV head of layer 0 are at least this
  std::int64_t min_experts = 0;           ///< only if the model has at least that many experts
  std::int64_t experts = 0;               ///< only if the model has exactly that many experts; 0: any
  std::int64_t layer_count = 0;           ///< only if the model has exactly that many layers; 0: any
  bool tied = false;                      ///< only if embeddings are tied
  bool three_dimensional = false;         ///< only tensors with a third dimension (experts)
  const TensorType* type = nullptr;
};

/// A file type of llama-quantize: a recipe that says how each tensor is stored. A row of data/quantizations.json.
struct Quantization {
  std::string name;                       ///< "Q4_K_M"
  const TensorType* default_type = nullptr;
  std::vector<QuantizationRule> rules;
  const TensorType* kept_type = nullptr;  ///< of tensors that are never quantized (norms, routers, convolutions): F32
  const TensorType* last_resort = nullptr;///< of rows that fit no block: F16
  bool needs_importance_matrix = false;
  double quality_percent = 0;             ///< rule of thumb; 0: none stated
  std::string quality;                    ///< a word on quality; a rule of thumb
  double page_bits = 0;                   ///< nominal bits that calculator sites use; 0: they do not list it
};

/// The tensors of `model` with `stored` filled in by the recipe, as llama-quantize chooses them (llama-quant.cpp).
/// Tensors read from a file keep the type they have. `importance_matrix`: quantized with one.
std::vector<Tensor> quantize(const Model& model, const Quantization& quantization, bool importance_matrix = false);

/// Sum over `tensors` of their bytes in the file. Each must have `stored`.
Bytes total_bytes(const std::vector<Tensor>& tensors);

}  // namespace lfmfit
