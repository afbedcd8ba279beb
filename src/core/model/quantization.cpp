#include "lfmfit/quantization.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "core/model/tensor_names.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

bool ends_with_weight(std::string_view name) {
  constexpr std::string_view kWeight = "weight";
  return name.size() >= kWeight.size() && name.substr(name.size() - kWeight.size()) == kWeight;
}

const Attention* attention_of(const Mixer& mixer) {
  if (const auto* parallel = std::get_if<ParallelMixer>(&mixer)) return &parallel->attention;
  return std::get_if<Attention>(&mixer);
}

bool fits(const Tensor& tensor, const TensorType& type) { return tensor.shape[0] % type.block_elements == 0; }

/// What a tensor's name alone says. Names repeat from layer to layer, so it is worked out once per name.
struct Treatment {
  TensorRole role = TensorRole::kOther;
  const KeptTensors* kept = nullptr;
  bool is_weight = false;
};

bool is_matrix(const Tensor& tensor) { return tensor.shape[1] > 1 || tensor.shape[2] > 1 || tensor.shape[3] > 1; }

/// One model under one recipe.
class Quantizer {
 public:
  Quantizer(const Model& model, const Quantization& recipe, bool importance_matrix, const std::vector<Tensor>& tensors);

  const TensorType& type_of(std::size_t index) const;
  bool quantizes(std::size_t index) const;

 private:
  const Treatment& treatment(const std::string& name);
  void count_places();
  bool has_tensor(const std::string& name) const { return treatments_.count(name) != 0; }
  bool has_form(const ModelForm& form) const;
  bool holds_for_model(const QuantizationRule& rule) const;
  bool holds(const QuantizationRule& rule, std::size_t index) const;
  bool in_range(LayerRange range, TensorRole role, std::size_t index) const;
  const TensorType& fitting(const Tensor& tensor, const TensorType& wanted) const;

  const Quantization& recipe_;
  const std::vector<Tensor>& tensors_;
  std::unordered_map<std::string, Treatment> treatments_;
  std::vector<const Treatment*> treatment_;     ///< of each tensor
  std::vector<TensorRole> roles_;               ///< of each tensor
  std::vector<std::int64_t> places_;            ///< of each tensor among those of its role in layer order
  std::vector<const QuantizationRule*> rules_;  ///< those whose conditions on the model hold
  bool importance_matrix_;
  std::int64_t gqa_;
  std::int64_t experts_;
  std::int64_t layers_;
  std::int64_t value_tensors_ = 0;
};

Quantizer::Quantizer(const Model& model, const Quantization& recipe, bool importance_matrix,
                     const std::vector<Tensor>& tensors)
    : recipe_(recipe),
      tensors_(tensors),
      places_(tensors.size(), 0),
      importance_matrix_(importance_matrix),
      gqa_(query_heads_per_kv_head(model)),
      experts_(expert_count(model)),
      layers_(static_cast<std::int64_t>(model.blocks.size())) {
  for (const Tensor& tensor : tensors) {
    treatment_.push_back(&treatment(tensor.name));
    roles_.push_back(treatment_.back()->role);
    layers_ = std::max(layers_, std::int64_t{tensor.layer} + 1);
  }
  // Without an output layer of its own the embedding serves as one and is stored as one.
  if (std::find(roles_.begin(), roles_.end(), TensorRole::kOutput) == roles_.end()) {
    std::replace(roles_.begin(), roles_.end(), TensorRole::kTokenEmbedding, TensorRole::kOutput);
  }
  value_tensors_ = std::count(roles_.begin(), roles_.end(), TensorRole::kAttentionV);
  count_places();
  for (const QuantizationRule& rule : recipe.rules) {
    if (holds_for_model(rule)) rules_.push_back(&rule);
  }
}

const Treatment& Quantizer::treatment(const std::string& name) {
  const auto [entry, is_new] = treatments_.try_emplace(name);
  Treatment& treatment = entry->second;
  if (!is_new) return treatment;
  treatment.role = role_of(name);
  treatment.is_weight = ends_with_weight(name);
  if (recipe_.kept == nullptr) return treatment;
  const auto matches = [&name](const KeptTensors& kept) { return contains(name, kept.part); };
  const auto kept = std::find_if(recipe_.kept->begin(), recipe_.kept->end(), matches);
  if (kept != recipe_.kept->end()) treatment.kept = &*kept;
  return treatment;
}

bool Quantizer::quantizes(std::size_t index) const {
  return treatment_[index]->is_weight && treatment_[index]->kept == nullptr && is_matrix(tensors_[index]);
}

void Quantizer::count_places() {
  constexpr std::array kCounted{TensorRole::kAttentionV, TensorRole::kFfnDown, TensorRole::kFfnGate,
                                TensorRole::kFfnUp};
  const auto in_layer_order = [this](std::size_t a, std::size_t b) {
    return std::tie(tensors_[a].layer, tensors_[a].name) < std::tie(tensors_[b].layer, tensors_[b].name);
  };
  for (const TensorRole role : kCounted) {
    std::vector<std::size_t> indexes;
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
      if (roles_[i] == role && quantizes(i)) indexes.push_back(i);
    }
    std::sort(indexes.begin(), indexes.end(), in_layer_order);
    for (std::size_t place = 0; place < indexes.size(); ++place) {
      places_[indexes[place]] = static_cast<std::int64_t>(place);
    }
  }
}

bool Quantizer::has_form(const ModelForm& form) const {
  if (form.layer_count != 0 && layers_ != form.layer_count) return false;
  if (gqa_ < form.min_gqa) return false;
  if (!form.with_tensor.empty() && !has_tensor(form.with_tensor)) return false;
  return form.without_tensor.empty() || !has_tensor(form.without_tensor);
}

bool Quantizer::holds_for_model(const QuantizationRule& rule) const {
  if (rule.importance_matrix && *rule.importance_matrix != importance_matrix_) return false;
  if (gqa_ < rule.min_gqa || experts_ < rule.min_experts) return false;
  if (rule.experts != 0 && experts_ != rule.experts) return false;
  return rule.forms.empty() ||
         std::any_of(rule.forms.begin(), rule.forms.end(), [this](const ModelForm& form) { return has_form(form); });
}

bool Quantizer::in_range(LayerRange range, TensorRole role, std::size_t index) const {
  const bool of_values = role == TensorRole::kAttentionV;
  const std::int64_t place = places_[index];
  const std::int64_t i = of_values || experts_ <= 1 ? place : tensors_[index].layer;
  const std::int64_t n = of_values ? value_tensors_ : layers_;
  switch (range) {
    case LayerRange::kAll: return true;
    case LayerRange::kFirstEighth: return i < n / 8;
    case LayerRange::kFirstEighthOfTensors: return place < n / 8;
    case LayerRange::kFirstSixteenth: return i < n / 16;
    case LayerRange::kFirstTwo: return i < 2;
    case LayerRange::kFirstFour: return i < 4;
    case LayerRange::kMiddle: return i >= n / 8 && i < 7 * n / 8;
    case LayerRange::kMoreBits: return i < n / 8 || i >= 7 * n / 8 || (i - n / 8) % 3 == 2;
  }
  return false;
}

bool Quantizer::holds(const QuantizationRule& rule, std::size_t index) const {
  const Tensor& tensor = tensors_[index];
  if (rule.role && *rule.role != roles_[index]) return false;
  if (rule.three_dimensional && tensor.shape[2] <= 1) return false;
  if (rule.broken_rows && fits(tensor, *recipe_.default_type)) return false;
  return in_range(rule.layers, roles_[index], index);
}

const TensorType& Quantizer::fitting(const Tensor& tensor, const TensorType& wanted) const {
  if (fits(tensor, wanted)) return wanted;
  if (wanted.fallback != nullptr && fits(tensor, *wanted.fallback)) return *wanted.fallback;
  return *recipe_.last_resort;
}

const TensorType& Quantizer::type_of(std::size_t index) const {
  const Tensor& tensor = tensors_[index];
  if (!quantizes(index)) {
    const KeptTensors* kept = treatment_[index]->kept;
    return kept != nullptr && kept->as_source && is_matrix(tensor) ? *recipe_.source_type : *recipe_.kept_type;
  }
  const auto rule = std::find_if(rules_.begin(), rules_.end(),
                                 [this, index](const QuantizationRule* candidate) { return holds(*candidate, index); });
  return fitting(tensor, rule == rules_.end() ? *recipe_.default_type : *(*rule)->type);
}

double bits_of(const TensorType& type) {
  return 8.0 * static_cast<double>(type.block_bytes) / static_cast<double>(type.block_elements);
}

double bytes_as(const Tensor& tensor, const TensorType& type) {
  return static_cast<double>(tensor_bytes(tensor.shape, type).count());
}

/// How far from a tensor's type another may be that takes its place: no mix halves or doubles a tensor's bits.
bool is_near(const TensorType& type, const TensorType& usual) {
  const double ratio = bits_of(type) / bits_of(usual);
  return ratio > 0.5 && ratio < 2;
}

/// Spreads the scale of a mix over tensors: each gets the type that brings the bytes so far nearest to those wanted.
class Scaling {
 public:
  explicit Scaling(const Quantization& recipe) : recipe_(recipe) {}

  const TensorType* type_for(const Tensor& tensor) {
    const TensorType* best = tensor.stored;
    wanted_ += recipe_.scale * bytes_as(tensor, *best);
    for (const TensorType* type : *recipe_.ladder) {
      if (!fits(tensor, *type) || !is_near(*type, *tensor.stored)) continue;
      if (distance(tensor, *type) < distance(tensor, *best)) best = type;
    }
    taken_ += bytes_as(tensor, *best);
    return best;
  }

 private:
  double distance(const Tensor& tensor, const TensorType& type) const {
    return std::abs(taken_ + bytes_as(tensor, type) - wanted_);
  }

  const Quantization& recipe_;
  double wanted_ = 0, taken_ = 0;
};

}  // namespace

TensorRole role_of(std::string_view name) {
  if (name == "output.weight") return TensorRole::kOutput;
  if (name == "token_embd.weight" || name == "per_layer_token_embd.weight") return TensorRole::kTokenEmbedding;
  constexpr std::array<std::pair<std::string_view, TensorRole>, 9> kParts{{
      {"attn_qkv.weight", TensorRole::kAttentionV},
      {"attn_kv_b.weight", TensorRole::kAttentionV},
      {"attn_v.weight", TensorRole::kAttentionV},
      {"attn_k.weight", TensorRole::kAttentionK},
      {"attn_q.weight", TensorRole::kAttentionQ},
      {"attn_output.weight", TensorRole::kAttentionOutput},
      {"ffn_up", TensorRole::kFfnUp},
      {"ffn_gate", TensorRole::kFfnGate},
      {"ffn_down", TensorRole::kFfnDown},
  }};
  for (const auto& [part, role] : kParts) {
    if (contains(name, part)) return role;
  }
  return TensorRole::kOther;
}

std::int64_t query_heads_per_kv_head(const Model& model) {
  if (model.blocks.empty()) return 0;
  const Mixer& first = model.blocks.front().mixer;
  // GGUF states latent attention as one KV head that all query heads share.
  if (const auto* latent = std::get_if<LatentAttention>(&first)) return latent->n_head;
  const Attention* attention = attention_of(first);
  if (std::holds_alternative<GatedDeltaNet>(first)) {
    for (const Block& block : model.blocks) {
      if (attention == nullptr) attention = attention_of(block.mixer);
    }
  }
  return attention == nullptr || attention->n_head_kv <= 0 ? 0 : attention->n_head / attention->n_head_kv;
}

std::int64_t expert_count(const Model& model) {
  std::int64_t most = 0;
  for (const Block& block : model.blocks) {
    if (const auto* mixture = std::get_if<MixtureOfExperts>(&block.feed_forward)) {
      most = std::max(most, mixture->n_expert);
    }
  }
  return most;
}

std::vector<Tensor> quantize(const Model& model, const Quantization& quantization, bool importance_matrix) {
  std::vector<Tensor> result = tensors(model);
  const auto is_stored = [](const Tensor& tensor) { return tensor.stored != nullptr; };
  if (std::all_of(result.begin(), result.end(), is_stored)) return result;
  const Quantizer quantizer(model, quantization, importance_matrix, result);
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (!is_stored(result[i])) result[i].stored = &quantizer.type_of(i);
  }
  if (quantization.scale == 1 || quantization.ladder == nullptr) return result;
  Scaling scaling(quantization);
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (quantizer.quantizes(i) && !is_input_tensor(result[i])) result[i].stored = scaling.type_for(result[i]);
  }
  return result;
}

Bytes total_bytes(const std::vector<Tensor>& tensors) {
  Bytes total;
  for (const Tensor& tensor : tensors) {
    if (tensor.stored == nullptr) {
      throw Error(ErrorKind::kBadRequest, "tensor " + tensor.name + " has no type yet; quantize the model first");
    }
    total += tensor_bytes(tensor.shape, *tensor.stored);
  }
  return total;
}

}  // namespace lfmfit
