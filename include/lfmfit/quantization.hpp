// How llama-quantize stores each tensor of a model: its recipes as data, and the tensors that come of them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lfmfit/model.hpp"
#include "lfmfit/tensor.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// What a tensor is for, as far as llama.cpp's quantizer treats it specially.
enum class TensorRole {
  kTokenEmbedding,  ///< token_embd, per_layer_token_embd; they count as kOutput in a model without output.weight
  kOutput,
  kAttentionQ,
  kAttentionK,
  kAttentionV,  ///< whatever yields values: attn_v, the fused attn_qkv, attn_kv_b
  kAttentionOutput,
  kFfnGate,  ///< of experts and shared experts too, as the two below
  kFfnUp,
  kFfnDown,
  kOther,
};

/// The role that the quantizer reads from a tensor's name ("attn_v.weight" -> kAttentionV).
TensorRole role_of(std::string_view tensor_name);

/// Which tensors of a role a rule applies to, by i of n. Feed-forward roles: i is the layer if the model has experts,
/// else the tensor's place among those of its role in layer order; n is the number of layers. Attention values: the
/// place among the n tensors of that role. Divisions are whole.
enum class LayerRange {
  kAll,
  kFirstEighth,           ///< i < n/8
  kFirstEighthOfTensors,  ///< the same, but i is the place even if the model has experts
  kFirstSixteenth,        ///< i < n/16
  kFirstTwo,
  kFirstFour,
  kMiddle,    ///< n/8 <= i < 7n/8
  kMoreBits,  ///< the first and last eighth and every third layer between them
};

/// A form that a model has or not; every condition that is set must hold.
struct ModelForm {
  std::int64_t layer_count = 0;  ///< exactly that many layers; 0: any
  std::int64_t min_gqa = 0;      ///< at least that many query heads per KV head
  std::string with_tensor;       ///< has a tensor of that name in some layer
  std::string without_tensor;    ///< has none of that name
};

/// One line of a recipe: the first rule that matches a tensor gives its type. An unset condition always holds.
struct QuantizationRule {
  std::optional<TensorRole> role;
  LayerRange layers = LayerRange::kAll;
  std::optional<bool> importance_matrix;  ///< only with (true) or without (false) an importance matrix
  std::int64_t min_gqa = 0;               ///< only if query_heads_per_kv_head is at least this
  std::int64_t min_experts = 0;           ///< only if expert_count is at least this
  std::int64_t experts = 0;               ///< only if expert_count is exactly this; 0: any
  std::vector<ModelForm> forms;           ///< only if the model has one of these forms; empty: any
  bool three_dimensional = false;         ///< only tensors with a third dimension (experts)
  bool broken_rows = false;               ///< only tensors whose rows are no multiple of the default type's block
  const TensorType* type = nullptr;
};

/// Tensors that the quantizer leaves as the source has them though they are matrices: those whose name contains `part`.
struct KeptTensors {
  std::string part;
  bool as_source = false;  ///< converters store them like other weights (source_type), not as kept_type
};

/// A file type of llama-quantize: a recipe that says how each tensor is stored. A row of data/quantizations.json.
struct Quantization {
  std::string name;                          ///< "Q4_K_M"
  std::string also;                          ///< another name that files of it bear ("MXFP4"); empty: none
  const TensorType* default_type = nullptr;  ///< of every weight matrix that no rule matches
  std::vector<QuantizationRule> rules;
  std::shared_ptr<const std::vector<KeptTensors>> kept;  ///< the first that matches counts; null: none
  const TensorType* kept_type = nullptr;                 ///< of vectors, biases and kept tensors: F32
  const TensorType* source_type = nullptr;               ///< of the other weights in the file that is quantized: F16
  const TensorType* last_resort = nullptr;               ///< of rows that fit neither a type nor its fallback: F16
  bool needs_importance_matrix = false;  ///< llama-quantize refuses to make it without one, but for odd shapes
  double quality_percent = 0;            ///< rule of thumb, against the unquantized model; 0: none stated
  std::string quality;                   ///< a word on quality; a rule of thumb; empty: none stated
  double nominal_bits = 0;               ///< nominal bits that calculator sites use; 0: they do not list it
  bool listed = false;                   ///< shown in a report that does not ask for all
  bool recommended = false;              ///< the one to take when nothing speaks for another
  bool importance_matrix = false;        ///< files of it usually are made with one, whether it needs one or not

  std::string publisher;     ///< whose own mix it is ("unsloth"); empty: llama-quantize's own file type
  std::string like;          ///< of a mix: the file type of llama-quantize that it comes from
  double scale = 1;          ///< all tensors but the token table take this share of what the rules say, see quantize()
  double low = 1, high = 1;  ///< bounds of a file's bytes, the token table aside, as shares of those of quantize()
  std::shared_ptr<const std::vector<const TensorType*>> ladder;  ///< types to scale with, smallest first; null: none
};

/// Query heads per KV head as the quantizer sees them: those of layer 0 (llama_hparams::n_gqa), so 0 where layer 0 has
/// no KV heads (LFM2, Mamba hybrids). Gated-delta-net layers count as the model's attention layers do, since GGUF
/// states their heads once for all layers.
std::int64_t query_heads_per_kv_head(const Model& model);

/// Experts per mixture, the most of any layer; 0: the model is dense.
std::int64_t expert_count(const Model& model);

/// The tensors of `model` with `stored` filled in by the recipe, as llama-quantize v0.5.0 chooses them
/// (llama-quant.cpp, llama_tensor_get_type). Tensors that have `stored` already, as those read from a file, keep it.
/// `importance_matrix`: quantized with one. Where the recipe has a `scale`, tensors that are quantized get types from
/// its ladder, evenly through the file, until all but the token table take that share: publishers lift tensors one by
/// one, and which ones differs from model to model. The exceptions for the Falcon and BailingMoE 3 architectures are
/// not in it.
std::vector<Tensor> quantize(const Model& model, const Quantization& quantization, bool importance_matrix = false);

/// Sum over `tensors` of their bytes in the file, without padding. Throws Error(kBadRequest) when one has no `stored`.
Bytes total_bytes(const std::vector<Tensor>& tensors);

}  // namespace lfmfit
