#include "readers/config_hyperparameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

namespace {

constexpr double kMaxSize = 1e12;  // far above any real size; keeps products of doubles whole

class Converter {
 public:
  Converter(ConfigFields& fields, const ConfigKeys& keys, const ConfigModelType& type, const std::string& architecture)
      : fields_(fields), keys_(keys), type_(type), result_(fields.file(), architecture) {}

  Hyperparameters convert() {
    ConfigKeyTable table = keys_.keys;
    for (const auto& [key, names] : type_.keys) table[key] = names;
    for (const auto& [key, names] : table) {
      if (const auto value = fields_.first_integer(names)) result_.set(key, *value);
    }
    feed_forward();
    vocabulary();
    rotation();
    latent_attention();
    state_space();
    routing();
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
    if (fields_.integer("block_auto_adjust_ff_dim").value_or(0) == 0) return;
    const std::int64_t stated = number("feed_forward_length");
    const std::int64_t multiple = std::max<std::int64_t>(fields_.integer("block_multiple_of").value_or(1), 1);
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

  void routing() {
    const std::string gating = fields_.word("scoring_func").value_or("");
    if (gating == "softmax")
      result_.set("expert_gating_func", 1);
    else if (gating == "sigmoid")
      result_.set("expert_gating_func", 2);
    else if (!gating.empty())
      throw Error(ErrorKind::kUnsupported, fmt::format("{}: \"scoring_func\" is \"{}\", which is not understood",
                                                       printable(fields_.file(), 4096), printable(gating)));
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
