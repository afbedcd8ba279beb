#include "core/vllm/weights.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "core/model/tensor_names.hpp"
#include "core/vllm/draft.hpp"
#include "core/vllm/stages.hpp"

namespace lfmfit::vllm {

namespace {

constexpr double kPlainBytes = 2;               // BF16
constexpr std::int64_t kVocabularyStep = 64;    // rows of embeddings are padded to
constexpr std::int64_t kPositionsOfImages = 4;  // times the context: positions of several dimensions may run ahead

/// How GPUs of one tensor-parallel group share a tensor.
enum class Sharing { kWhole, kVocabulary, kRows, kColumns, kMatrices, kKeyValueRows, kFusedRows };

std::int64_t part(std::int64_t size, std::int64_t parts) { return (size + parts - 1) / parts; }

bool starts_with_any(std::string_view name, std::initializer_list<const char*> starts) {
  return std::any_of(starts.begin(), starts.end(), [&](const char* start) { return name.starts_with(start); });
}

Sharing sharing_of(const Tensor& tensor) {
  const std::string_view name = tensor.name;
  if (starts_with_any(name, {"token_embd.", "output.weight", "per_layer_token_embd."})) return Sharing::kVocabulary;
  if (tensor.shape[1] <= 1 && tensor.shape[2] <= 1) return Sharing::kWhole;
  if (starts_with_any(name, {"ffn_gate_inp", "exp_probs", "attn_q_a", "attn_kv_a", "indexer.", "per_layer_", "altup",
                             "laurel", "inp_gate", "proj.", "position_embd", "token_types"}))
    return Sharing::kWhole;
  if (name == "attn_k_b.weight" || name == "attn_v_b.weight") return Sharing::kMatrices;
  if (starts_with_any(name, {"attn_k.", "attn_v."})) return Sharing::kKeyValueRows;
  if (name.starts_with("attn_qkv.")) return Sharing::kFusedRows;
  if (starts_with_any(name, {"attn_output.", "ffn_down", "ssm_out.", "shortconv.out_proj"})) return Sharing::kColumns;
  return Sharing::kRows;
}

/// Rows of keys or values on one GPU: whole heads, on several GPUs the same one where there are fewer.
std::int64_t key_value_rows(const Attention& attention, std::int64_t rows, std::int64_t parts) {
  return attention.n_head_kv <= 0
             ? part(rows, parts)
             : rows / attention.n_head_kv * std::max<std::int64_t>(part(attention.n_head_kv, parts), 1);
}

const Attention* attention_in(const Block& block) {
  if (const auto* both = std::get_if<ParallelMixer>(&block.mixer)) return &both->attention;
  return std::get_if<Attention>(&block.mixer);
}

bool is_of_state_mixer(const Block& block, std::string_view name) {
  const bool attends =
      std::holds_alternative<Attention>(block.mixer) || std::holds_alternative<LatentAttention>(block.mixer);
  return !attends && !name.starts_with("ffn_") &&
         !starts_with_any(name, {"attn_q.", "attn_k.", "attn_v.", "attn_output."});
}

/// Sums the tensors of one stage as one GPU holds them.
class Loader {
 public:
  Loader(const Model& model, const Settings& settings) : model_(model), settings_(settings) {
    for (const CheckpointForm::Padding& one : settings.form->padding) {
      if (!settings.compute_capability.starts_with(one.compute_capability)) continue;
      padding_ = one;
      break;
    }
  }

  double bytes(const Tensor& tensor);
  bool quantizes(const Tensor& tensor) const;
  double adapter_bytes(const Tensor& tensor) const;

 private:
  Shape shape_on_gpu(const Tensor& tensor);
  Shape experts_on_gpu(const Tensor& tensor) const;

  const Block* block_of(const Tensor& tensor) const {
    const auto index = static_cast<std::size_t>(tensor.layer);
    return tensor.layer >= 0 && index < model_.blocks.size() ? &model_.blocks[index] : nullptr;
  }

  const Model& model_;
  const Settings& settings_;
  CheckpointForm::Padding padding_;
  std::map<std::string_view, Sharing> sharing_;  ///< names repeat from layer to layer
};

bool Loader::quantizes(const Tensor& tensor) const {
  const CheckpointForm& form = *settings_.form;
  if (form.bits >= 16 || !is_linear(tensor)) return false;
  if (form.experts_only && !is_of_experts(tensor)) return false;
  const Block* block = block_of(tensor);
  return !form.keeps_states || block == nullptr || !is_of_state_mixer(*block, tensor.name);
}

Shape Loader::experts_on_gpu(const Tensor& tensor) const {
  Shape shape = tensor.shape;
  const bool down = tensor.name.starts_with("ffn_down");
  std::int64_t& wide = shape[down ? 0 : 1];
  if (settings_.whole_experts) {
    shape[2] = part(shape[2], settings_.expert_parallel());
  } else {
    wide = part(wide, settings_.tensor_parallel);
  }
  if (!quantizes(tensor)) return shape;
  wide = round_up(wide, padding_.intermediate);
  shape[down ? 1 : 0] = round_up(shape[down ? 1 : 0], padding_.hidden);
  return shape;
}

Shape Loader::shape_on_gpu(const Tensor& tensor) {
  if (is_of_experts(tensor) && is_linear(tensor)) return experts_on_gpu(tensor);
  const std::int64_t parts = settings_.tensor_parallel;
  auto known = sharing_.find(tensor.name);
  if (known == sharing_.end()) known = sharing_.emplace(tensor.name, sharing_of(tensor)).first;
  Shape shape = tensor.shape;
  const Block* block = block_of(tensor);
  const Attention* attention = block != nullptr ? attention_in(*block) : nullptr;
  switch (known->second) {
    case Sharing::kWhole: break;
    case Sharing::kVocabulary: shape[1] = part(round_up(shape[1], kVocabularyStep), parts); break;
    case Sharing::kColumns: shape[0] = part(shape[0], parts); break;
    case Sharing::kMatrices: shape[2] = part(shape[2], parts); break;
    case Sharing::kRows: shape[1] = part(shape[1], parts); break;
    case Sharing::kKeyValueRows:
      shape[1] = attention != nullptr ? key_value_rows(*attention, shape[1], parts) : part(shape[1], parts);
      break;
    case Sharing::kFusedRows:
      if (attention == nullptr) {
        shape[1] = part(shape[1], parts);
      } else {
        const std::int64_t key_values =
            std::min(shape[1], attention->n_head_kv * (attention->head_dim_k + attention->head_dim_v));
        shape[1] = part(shape[1] - key_values, parts) + key_value_rows(*attention, key_values, parts);
      }
      break;
  }
  return shape;
}

double Loader::bytes(const Tensor& tensor) {
  const Shape shape = shape_on_gpu(tensor);
  const auto elements = static_cast<double>(element_count(shape));
  if (!quantizes(tensor)) return elements * kPlainBytes;
  const CheckpointForm& form = *settings_.form;
  const double groups = form.group > 0 ? elements / static_cast<double>(form.group)
                                       : static_cast<double>(checked_multiply(shape[1], shape[2]));
  double bytes = (elements * form.bits + groups * form.scale_bits) / 8;
  // latent attention keeps what it multiplies its cache with unpacked beside it
  if (tensor.name == "attn_k_b.weight" || tensor.name == "attn_v_b.weight") bytes += elements * kPlainBytes;
  return bytes;
}

double Loader::adapter_bytes(const Tensor& tensor) const {
  if (settings_.loras == 0 || !is_linear(tensor) || is_of_experts(tensor)) return 0;
  const auto in_and_out = static_cast<double>(tensor.shape[0]) + static_cast<double>(tensor.shape[1]);
  return in_and_out * static_cast<double>(settings_.lora_rank * settings_.loras) * kPlainBytes /
         static_cast<double>(settings_.tensor_parallel);
}

/// The caches of cosines and sines: one for each kind of rotation, shared by its layers.
double rope_bytes(const Model& model) {
  std::set<std::pair<std::int64_t, bool>> kinds;
  for (const Block& block : model.blocks) {
    if (const auto* latent = std::get_if<LatentAttention>(&block.mixer)) kinds.insert({latent->head_dim_rope, false});
    const Attention* attention = attention_in(block);
    if (attention == nullptr || !attention->rope) continue;
    kinds.insert({attention->n_rot > 0 ? attention->n_rot : attention->head_dim_k, attention->sliding});
  }
  double rotated = 0;
  for (const auto& kind : kinds) rotated += static_cast<double>(kind.first);
  const auto positions = static_cast<double>(model.context_limit.count());
  return rotated * positions * kPlainBytes *
         static_cast<double>(model.positions_per_token > 1 ? kPositionsOfImages : 1);
}

Bytes rounded(double bytes) { return Bytes(std::llround(std::min(bytes, 9e18))); }

/// What drafts is published in BF16 where it is a layer beside the model, in the model's form where it is part of it or
/// a model itself.
Bytes draft_bytes(const Question& question, const std::vector<Tensor>& tensors, const Settings& settings) {
  if (!settings.draft) return {};
  Settings drafts = settings;
  if (settings.draft->method.starts_with("eagle")) drafts.form = &question.vllm->forms->front();
  Loader loader(settings.draft->model != nullptr ? *settings.draft->model : *question.model, drafts);
  double bytes = 0;
  for (const Tensor& tensor : drafting_tensors(question, tensors, settings))
    bytes += is_rotation_factor(tensor) ? 0 : loader.bytes(tensor);
  return rounded(bytes);
}

}  // namespace

std::vector<Weights> weights_of(const Question& question, const std::vector<Tensor>& tensors,
                                const Settings& settings) {
  const Model& model = *question.model;
  const auto count = static_cast<std::size_t>(settings.pipeline_parallel);
  const std::vector<int> stages = stages_of(static_cast<std::int64_t>(model.blocks.size()), settings.pipeline_parallel);
  const Tensor* head = head_of(model, tensors);
  Loader loader(model, settings);
  std::vector<Weights> result(count);
  std::vector<double> sums(count, 0), adapters(count, 0);
  for (const Tensor& tensor : tensors) {
    if (is_rotation_factor(tensor)) continue;
    const double bytes = loader.bytes(tensor);
    const bool in_layer = tensor.layer >= 0 && static_cast<std::size_t>(tensor.layer) < stages.size();
    const std::size_t stage = in_layer ? static_cast<std::size_t>(stages[static_cast<std::size_t>(tensor.layer)])
                              : is_input_tensor(tensor) ? 0
                                                        : count - 1;
    sums[stage] += bytes;
    if (&tensor == head && is_input_tensor(tensor) && count > 1) sums[count - 1] += bytes;  // a tied head
    adapters[stage] += loader.adapter_bytes(tensor);
    result[stage].quantized = result[stage].quantized || loader.quantizes(tensor);
  }
  double scale = 1;
  const double tower =
      question.vllm->checkpoint ? 0 : kPlainBytes * static_cast<double>(tower_parameters(model, *settings.facts));
  if (question.vllm->checkpoint) {  // what headers say lies on all GPUs together
    const auto implied = static_cast<double>(checkpoint_bytes(question, tensors, settings).count());
    scale = implied > 0 ? static_cast<double>(question.vllm->checkpoint->count()) / implied : 1;
  }
  for (std::size_t stage = 0; stage < count; ++stage) {
    result[stage].tensors = rounded(sums[stage] * scale);
    result[stage].ropes = rounded(rope_bytes(model));
    result[stage].adapters = rounded(adapters[stage]);
    if (stage + 1 == count) result[stage].draft = draft_bytes(question, tensors, settings);
    if (stage == 0) result[stage].tower = rounded(tower / static_cast<double>(settings.tensor_parallel));
    if (question.vllm->checkpoint) result[stage].quantized = false;
  }
  return result;
}

Bytes checkpoint_bytes(const Question& question, const std::vector<Tensor>& tensors, const Settings& settings) {
  Settings alone = settings;
  alone.tensor_parallel = alone.pipeline_parallel = alone.data_parallel = 1;
  alone.loras = 0;
  alone.draft.reset();
  CheckpointForm unpadded = *settings.form;
  unpadded.padding.clear();
  alone.form = &unpadded;
  Loader loader(*question.model, alone);
  double bytes = 0;
  for (const Tensor& tensor : tensors) bytes += is_rotation_factor(tensor) ? 0 : loader.bytes(tensor);
  return rounded(bytes);
}

}  // namespace lfmfit::vllm
