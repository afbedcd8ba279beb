#include "readers/config_hyperparameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>

#include "core/base/limits.hpp"
#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

namespace {

constexpr double kMaxSize = 1e12;  // far above any real size; keeps products of doubles whole

/// Of what every model has, the least that makes sense; of what may be unlike that elsewhere, anything.
std::int64_t least_of(const std::string& key) {
  static const std::map<std::string, std::int64_t, std::less<>> least{
      {"embedding_length", 1},     {"vocab_size", 1},          {"context_length", 1},
      {"attention.head_count", 0}, {"feed_forward_length", 0}, {"attention.head_count_kv", 0}};
  const auto found = least.find(key);
  return found != least.end() ? found->second : std::numeric_limits<std::int64_t>::min();
}

class Converter {
 public:
  Converter(ConfigFields& fields, const ConfigKeys& keys, const ConfigModelType& type, const std::string& architecture)
      : fields_(fields), keys_(keys), type_(type), result_(fields.file(), architecture) {}

  Hyperparameters convert() {
    ConfigKeyTable table = keys_.keys;
    for (const auto& [key, names] : type_.keys) table[key] = names;
    for (const auto& [key, names] : table) {
      if (const auto value = fields_.first_integer(names, least_of(key))) result_.set(key, *value);
    }
    feed_forward();
    vocabulary();
    rotation();
    latent_attention();
    state_space();
    routing();
    wide_feed_forward();
    indexers();
    searched_blocks();
    return std::move(result_);
  }

 private:
  std::int64_t number(const std::string& key) const { return result_.number(key).value_or(0); }

  std::int64_t whole(const std::string& field, double value) const {
    if (!(std::abs(value) < kMaxSize)) fields_.fail(field, "is out of range");
    return static_cast<std::int64_t>(value);
  }

  /// LFM2 states a length from which the real one follows: two thirds, times a factor, rounded up.
  void feed_forward() {
    if (!fields_.flag("block_auto_adjust_ff_dim").value_or(false)) return;
    const std::int64_t stated = number("feed_forward_length");
    const std::int64_t multiple = fields_.integer("block_multiple_of").value_or(1);
    if (multiple < 1) fields_.fail("block_multiple_of", "must be at least 1");
    const double factor = fields_.number("block_ffn_dim_multiplier").value_or(1.0);
    const double length = std::floor(factor * std::floor(2.0 * static_cast<double>(stated) / 3.0));
    result_.set("feed_forward_length", round_up(std::max<std::int64_t>(whole("block_ff_dim", length), 0),
                                                std::min<std::int64_t>(multiple, 1 << 20)));
  }

  void vocabulary() {
    const std::int64_t multiple = fields_.integer("pad_vocab_size_multiple").value_or(1);
    if (multiple > 1 && multiple <= 1 << 20)
      result_.set("vocab_size", round_up(std::max<std::int64_t>(number("vocab_size"), 0), multiple));
  }

  void rotation() {
    const auto factor = fields_.number("partial_rotary_factor");
    if (!factor || result_.has("rope.dimension_count")) return;
    const std::int64_t heads = number("attention.head_count");
    const std::int64_t head_dim =
        result_.number("attention.key_length").value_or(heads > 0 ? number("embedding_length") / heads : 0);
    result_.set("rope.dimension_count", whole("partial_rotary_factor", *factor * static_cast<double>(head_dim)));
  }

  void latent_attention() {
    const auto nope = fields_.integer("qk_nope_head_dim");
    if (nope) result_.set("attention.key_length_mla", checked_add(*nope, number("rope.dimension_count")));
  }

  void state_space() {
    if (!result_.has("ssm.inner_size")) {
      const auto inner = fields_.integer("mamba_d_ssm");
      const auto heads = fields_.integer("mamba_num_heads");
      const auto head_dim = fields_.integer("mamba_head_dim");
      const auto expansion = fields_.first_integer({"mamba_expand", "expand"});
      if (inner)
        result_.set("ssm.inner_size", *inner);
      else if (heads && head_dim)
        result_.set("ssm.inner_size", checked_multiply(*heads, *head_dim));
      else if (expansion)
        result_.set("ssm.inner_size", checked_multiply(*expansion, number("embedding_length")));
    }
    // "auto" is a sixteenth of the embedding, rounded up.
    if (result_.has("ssm.inner_size") && !result_.has("ssm.time_step_rank")) {
      result_.set("ssm.time_step_rank", checked_add(number("embedding_length"), 15) / 16);
    }
  }

  std::int64_t layers() const {
    const std::int64_t count = number("block_count");
    return count > 0 && count <= kMaxLayers ? count : 0;
  }

  /// Gemma 4 doubles the feed-forward part of layers that read the cache of another.
  void wide_feed_forward() {
    if (fields_.word("use_double_wide_mlp").value_or("false") != "true") return;
    const std::int64_t length = number("feed_forward_length"), own = layers() - number("attention.shared_kv_layers");
    std::vector<std::int64_t> lengths;
    for (std::int64_t i = 0; i < layers(); ++i) lengths.push_back(i < own ? length : checked_add(length, length));
    if (!lengths.empty()) result_.set("feed_forward_length", std::move(lengths));
  }

  /// Which layers have an indexer of their own, where not all have (GLM 5.2).
  void indexers() {
    const std::vector<std::string> types = fields_.words("indexer_types");
    const std::int64_t first = fields_.integer("index_skip_topk_offset").value_or(1);
    const std::int64_t period = fields_.integer("index_topk_freq").value_or(1);
    if (number("attention.indexer.head_count") < 0) fields_.fail("index_n_heads", "must not be negative");
    if (types.empty() && period < 2) return;
    if (!types.empty() && static_cast<std::int64_t>(types.size()) < layers())
      fields_.fail("indexer_types", "lists fewer layers than there are");
    std::vector<std::int64_t> heads;
    for (std::int64_t i = 0; i < layers(); ++i) {
      const std::string word = types.empty() ? "" : types[static_cast<std::size_t>(i)];
      if (!word.empty() && word != "full" && word != "shared")
        fields_.fail("indexer_types", "knows only \"full\" and \"shared\"");
      const bool owns = word.empty() ? i < first || (i - first + 1) % period == 0 : word == "full";
      heads.push_back(owns ? number("attention.indexer.head_count") : 0);
    }
    if (!heads.empty() && heads[0] == 0) fields_.fail("indexer_types", "must begin with \"full\"");
    if (!heads.empty()) result_.set("attention.indexer.head_count", std::move(heads));
  }

  /// Each layer of Nemotron's search states its length as a factor, and how many query heads share a key.
  void searched_blocks() {
    const nlohmann::json* list = fields_.list("block_configs");
    if (list == nullptr) return;
    std::vector<std::int64_t> lengths, kv_heads;
    for (const nlohmann::json& layer : *list) {
      const auto number_of = [&](const char* part, const char* name) {
        const bool has = layer.is_object() && layer.contains(part) && layer[part].is_object() &&
                         layer[part].contains(name) && layer[part][name].is_number();
        return has ? layer[part][name].get<double>() : 0;
      };
      const double width = static_cast<double>(number("embedding_length"));
      const std::int64_t length = whole("block_configs", 2.0 * number_of("ffn", "ffn_mult") * width / 3.0);
      lengths.push_back(round_up(std::max<std::int64_t>(length, 0), 256));
      const auto group = std::max<std::int64_t>(whole("block_configs", number_of("attention", "n_heads_in_group")), 1);
      kv_heads.push_back(number("attention.head_count") / group);
    }
    if (lengths.empty()) return;
    result_.set("feed_forward_length", std::move(lengths));
    result_.set("attention.head_count_kv", std::move(kv_heads));
  }

  void routing() {
    const std::string gating = fields_.word("scoring_func").value_or("");
    if (gating == "softmax")
      result_.set("expert_gating_func", 1);
    else if (gating == "sigmoid" || gating == "noaux_tc")
      result_.set("expert_gating_func", 2);
    else if (!gating.empty())
      throw Error(ErrorKind::kUnsupported, fmt::format("{}: \"scoring_func\" is \"{}\", which is not understood",
                                                       printable(fields_.file(), 4096), printable(gating)));
    if (const auto norm = fields_.flag("norm_topk_prob")) result_.set("expert_weights_norm", *norm ? 1 : 0);
    if (const auto scale = fields_.number("routed_scaling_factor")) result_.set_real("expert_weights_scale", *scale);
  }

  ConfigFields& fields_;
  const ConfigKeys& keys_;
  const ConfigModelType& type_;
  Hyperparameters result_;
};

}  // namespace

Hyperparameters hyperparameters_of(ConfigFields& fields, const ConfigKeys& keys, const ConfigModelType& type,
                                   const std::string& architecture) {
  return Converter(fields, keys, type, architecture).convert();
}

}  // namespace lfmfit
