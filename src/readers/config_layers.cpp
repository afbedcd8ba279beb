#include "readers/config_layers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/base/limits.hpp"
#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

const std::map<std::string, MixerKind>& mixer_words() {
  static const std::map<std::string, MixerKind> words{{"full_attention", MixerKind::kAttention},
                                                      {"attention", MixerKind::kAttention},
                                                      {"hybrid", MixerKind::kAttention},
                                                      {"deepseek_sparse_attention", MixerKind::kAttention},
                                                      {"sliding_attention", MixerKind::kSlidingAttention},
                                                      {"chunked_attention", MixerKind::kSlidingAttention},
                                                      {"conv", MixerKind::kShortConvolution},
                                                      {"short_conv", MixerKind::kShortConvolution},
                                                      {"mamba", MixerKind::kStateSpace},
                                                      {"mamba2", MixerKind::kStateSpace},
                                                      {"linear_attention", MixerKind::kDeltaNet}};
  return words;
}

/// Layers of one part alone, as Nemotron-H has them.
const std::map<std::string, LayerKind>& block_words() {
  using M = MixerKind;
  using F = FeedForwardKind;
  static const std::map<std::string, LayerKind> words{
      {"M", {M::kStateSpace, F::kNone}},        {"mamba", {M::kStateSpace, F::kNone}}, {"*", {M::kAttention, F::kNone}},
      {"attention", {M::kAttention, F::kNone}}, {"-", {M::kNone, F::kDense}},          {"mlp", {M::kNone, F::kDense}},
      {"E", {M::kNone, F::kExperts}},           {"moe", {M::kNone, F::kExperts}}};
  return words;
}

class Kinds {
 public:
  Kinds(ConfigFields& fields, bool has_experts) : fields_(fields), has_experts_(has_experts) {}

  std::vector<LayerKind> read() {
    if (blocks() || searched_blocks()) return std::move(kinds_);
    const std::int64_t layers =
        fields_.first_integer({"num_hidden_layers", "n_layer", "n_layers", "num_layers"}).value_or(0);
    if (layers < 1 || layers > kMaxLayers)
      fields_.fail("num_hidden_layers", fmt::format("is {}; llama.cpp loads 1 to {} layers", layers, kMaxLayers));
    kinds_.resize(static_cast<std::size_t>(layers));
    mixers();
    if (has_experts_) experts();
    return std::move(kinds_);
  }

 private:
  template <class Kind>
  Kind understood(const std::map<std::string, Kind>& words, const std::string& field, const std::string& word) const {
    const auto found = words.find(word);
    if (found != words.end()) return found->second;
    throw Error(ErrorKind::kUnsupported, fmt::format("{}: \"{}\" names the layer type \"{}\", which is not understood",
                                                     printable(fields_.file(), 4096), field, printable(word)));
  }

  bool blocks() {
    std::vector<std::string> words = fields_.words("layers_block_type");
    const bool spelled = words.empty();
    if (spelled) {
      for (const char letter : fields_.word("hybrid_override_pattern").value_or("")) words.emplace_back(1, letter);
    }
    if (words.empty()) return false;
    fields_.integer("num_hidden_layers");
    for (const std::string& word : words) {
      kinds_.push_back(understood(block_words(), spelled ? "hybrid_override_pattern" : "layers_block_type", word));
    }
    if (kinds_.size() > kMaxLayers) fields_.fail("hybrid_override_pattern", "has more layers than llama.cpp loads");
    return true;
  }

  /// Nemotron's layers that a search chose: some have no attention, and each a length of its own.
  bool searched_blocks() {
    const nlohmann::json* list = fields_.list("block_configs");
    if (list == nullptr) return false;
    fields_.integer("num_hidden_layers");
    for (const nlohmann::json& layer : *list) {
      const auto says = [&](const char* part, const char* word) {
        const bool has =
            layer.is_object() && layer.contains(part) && layer[part].is_object() && layer[part].contains(word);
        return has && layer[part][word] == true;
      };
      if (says("attention", "replace_with_linear") || says("ffn", "replace_with_linear") || says("ffn", "no_op"))
        fields_.fail("block_configs",
                     "has a layer with a linear part, or without a feed-forward part, which is not understood");
      kinds_.push_back(
          {says("attention", "no_op") ? MixerKind::kNone : MixerKind::kAttention, FeedForwardKind::kDense});
    }
    if (kinds_.empty() || kinds_.size() > kMaxLayers)
      fields_.fail("block_configs", "has more layers than llama.cpp loads");
    return true;
  }

  void mixers() {
    const std::vector<std::string> types = fields_.words("layer_types");
    if (!types.empty()) {
      if (types.size() < kinds_.size())
        fields_.fail("layer_types", fmt::format("lists {} layers of {}", types.size(), kinds_.size()));
      for (std::size_t i = 0; i < kinds_.size(); ++i)
        kinds_[i].mixer = understood(mixer_words(), "layer_types", types[i]);
      for (const char* unused : {"full_attention_interval", "sliding_window_pattern", "full_attn_idxs"})
        fields_.skip(unused);
      return;
    }
    if (const std::vector<bool> slides = flags("hybrid_layer_pattern"); !slides.empty())
      return each([&](std::int64_t i) {
        return slides[static_cast<std::size_t>(i)] ? MixerKind::kSlidingAttention : MixerKind::kAttention;
      });
    if (attention_at("full_attn_idxs", MixerKind::kShortConvolution)) return;
    if (attention_at("attn_layer_indices", MixerKind::kStateSpace)) return;
    if (const auto period = positive("attn_layer_period")) {
      const std::int64_t offset = fields_.integer("attn_layer_offset").value_or(0);
      return each(
          [&](std::int64_t i) { return i % *period == offset ? MixerKind::kAttention : MixerKind::kStateSpace; });
    }
    if (const auto interval = positive("full_attention_interval")) {
      return each(
          [&](std::int64_t i) { return (i + 1) % *interval == 0 ? MixerKind::kAttention : MixerKind::kDeltaNet; });
    }
    const auto period = positive("sliding_window_pattern");
    const bool has_window =
        fields_.integer("sliding_window").value_or(0) > 0 || fields_.integer("attention_chunk_size").value_or(0) > 0;
    if (period && has_window)
      each([&](std::int64_t i) {
        return (i + 1) % *period == 0 ? MixerKind::kAttention : MixerKind::kSlidingAttention;
      });
  }

  std::optional<std::int64_t> positive(const std::string& name) {
    const auto value = fields_.integer(name);
    if (value && *value < 1) fields_.fail(name, fmt::format("is {}; at least 1 is possible", *value));
    return value;
  }

  template <class Rule>
  void each(const Rule& rule) {
    for (std::size_t i = 0; i < kinds_.size(); ++i) kinds_[i].mixer = rule(static_cast<std::int64_t>(i));
  }

  /// Attention in the layers that a list names, `other` in the rest.
  bool attention_at(const std::string& name, MixerKind other) {
    if (fields_.list(name) == nullptr) return false;
    for (LayerKind& kind : kinds_) kind.mixer = other;
    for (const std::size_t i : indexes(name)) kinds_[i].mixer = MixerKind::kAttention;
    return true;
  }

  /// A list of 0 and 1, one for each layer; empty: there is no such list, or a number that speaks of all layers.
  std::vector<bool> flags(const std::string& name) {
    std::vector<bool> flags;
    if (fields_.is_number(name)) return flags;
    const nlohmann::json* list = fields_.list(name);
    if (list == nullptr) return flags;
    if (list->size() < kinds_.size()) fields_.fail(name, "lists fewer layers than there are");
    for (const nlohmann::json& element : *list) {
      if (element != 0 && element != 1) fields_.fail(name, "knows only 0 and 1");
      flags.push_back(element == 1);
    }
    return flags;
  }

  std::vector<std::size_t> indexes(const std::string& name) {
    std::vector<std::size_t> indexes;
    const nlohmann::json* list = fields_.list(name);
    if (list == nullptr) return indexes;
    for (const nlohmann::json& element : *list) {
      const bool fits = element.is_number_unsigned() && element.get<std::uint64_t>() < kinds_.size();
      if (!fits) fields_.fail(name, "names a layer that does not exist");
      indexes.push_back(element.get<std::size_t>());
    }
    return indexes;
  }

  /// Which layers have experts: all, unless a field says otherwise.
  void experts() {
    const std::vector<std::string> types = fields_.words("mlp_layer_types");
    if (!types.empty() && types.size() < kinds_.size())
      fields_.fail("mlp_layer_types", "lists fewer layers than there are");
    const std::int64_t dense =
        fields_.first_integer({"first_k_dense_replace", "num_dense_layers", "moe_layer_start_index"}).value_or(0);
    const std::int64_t step =
        positive("decoder_sparse_step").value_or(positive("interleave_moe_layer_step").value_or(1));
    const std::int64_t period = positive("expert_layer_period").value_or(1);
    const std::int64_t offset = fields_.integer("expert_layer_offset").value_or(0);
    const std::vector<std::size_t> without = indexes("mlp_only_layers");
    indexes("moe_layers");  // says the same as interleave_moe_layer_step
    const std::vector<bool> sparse = flags("moe_layer_freq");
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
      const auto layer = static_cast<std::int64_t>(i);
      const bool listed = types.empty() || types[i] == "sparse";
      if (!types.empty() && types[i] != "sparse" && types[i] != "dense")
        fields_.fail("mlp_layer_types", "knows only \"dense\" and \"sparse\"");
      const bool has = layer >= dense && (layer + 1) % step == 0 && layer % period == offset % period && listed &&
                       (sparse.empty() || sparse[i]) && std::find(without.begin(), without.end(), i) == without.end();
      kinds_[i].feed_forward = has ? FeedForwardKind::kExperts : FeedForwardKind::kDense;
    }
  }

  ConfigFields& fields_;
  bool has_experts_;
  std::vector<LayerKind> kinds_;
};

}  // namespace

std::vector<LayerKind> layer_kinds(ConfigFields& fields, bool has_experts) { return Kinds(fields, has_experts).read(); }

}  // namespace lfmfit
