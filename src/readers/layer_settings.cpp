#include "readers/layer_settings.hpp"

#include <string>
#include <variant>

#include "core/model/block_settings.hpp"

namespace lfmfit {

namespace {

/// Fills the settings of one layer, kind by kind.
class Filler {
 public:
  Filler(const BlockTemplate& block_template, const Hyperparameters& parameters, const GgufTraits& traits,
         const LayerView& view)
      : template_(block_template), parameters_(parameters), traits_(traits), view_(view) {}

  Settings fill() {
    const auto fill_kind = [this](const auto& kind) { fill(kind); };
    if (const auto mixer = mixer_called(template_.mixer)) std::visit(fill_kind, *mixer);
    if (const auto part = feed_forward_called(template_.feed_forward)) std::visit(fill_kind, *part);
    side_branches();
    return std::move(settings_);
  }

 private:
  std::optional<std::int64_t> number(std::string_view key) const { return parameters_.number(key, view_.layer); }
  void put(const char* name, std::int64_t value) { settings_[name] = value; }
  void copy(const char* name, std::string_view key) {
    if (const auto value = number(key)) put(name, *value);
  }
  bool has_tensor(std::string_view name) const { return view_.tensors->has(name); }
  /// A flag that the presence of a tensor tells.
  void infer(const char* name, std::string_view tensor) {
    if (view_.tensors != nullptr) put(name, has_tensor(tensor) ? 1 : 0);
  }
  /// A size that a tensor tells, where there is that tensor.
  void measure(const char* name, std::string_view tensor, std::size_t dimension) {
    if (view_.tensors != nullptr && has_tensor(tensor)) put(name, view_.tensors->size(tensor, dimension));
  }

  void fill(const NoMixer&) {}
  void fill(const NoFeedForward&) {}

  void fill(const Attention&) {
    const std::int64_t heads = of_kind("attention.head_count", "attention.head_count_swa").value_or(0);
    put("n_head", heads);
    put("n_head_kv", of_kind("attention.head_count_kv", "attention.head_count_kv_swa").value_or(heads));
    const std::int64_t all_heads = parameters_.first_positive("attention.head_count");
    const std::int64_t usual = all_heads > 0 ? parameters_.number("embedding_length").value_or(0) / all_heads : 0;
    put("head_dim_k", of_kind("attention.key_length", "attention.key_length_swa").value_or(usual));
    put("head_dim_v", of_kind("attention.value_length", "attention.value_length_swa").value_or(usual));
    const auto rotated = of_kind("rope.dimension_count", "rope.dimension_count_swa");
    if (rotated && *rotated != settings_["head_dim_k"] && setting_of(template_, "n_rot", 0) == 0)
      put("n_rot", *rotated);
    if (view_.sliding) window();
    attention_tensors();
    if (view_.sliding && traits_.qk_norm_unless_experts > 0 &&
        number("expert_count") != traits_.qk_norm_unless_experts) {
      put("qk_norm", setting_value("qk_norm", "per_head"));
      put("qk_norm_weights", 0);
      put("qk_norm_after_rope", 1);
    }
  }

  /// Sliding layers may have another number.
  std::optional<std::int64_t> of_kind(std::string_view key, std::string_view sliding_key) const {
    const auto own = view_.sliding ? number(sliding_key) : std::nullopt;
    return own ? own : number(key);
  }

  void window() {
    const std::int64_t window = parameters_.number("attention.sliding_window").value_or(traits_.default_window);
    if (setting_of(template_, "window", 0) == 0) put("window", window);
  }

  void attention_tensors() {
    if (view_.tensors == nullptr) return;
    put("fused_qkv", has_tensor("attn_qkv.weight") ? 1 : 0);
    put("qkv_bias", has_tensor("attn_q.bias") || has_tensor("attn_qkv.bias") ? 1 : 0);
    infer("output_bias", "attn_output.bias");
    infer("sinks", "attn_sinks.weight");
    put("head_gate", view_.tensors->size("attn_gate.weight", 1) == settings_["n_head"] ? 1 : 0);
    put("values_are_keys", has_tensor("attn_k.weight") && !has_tensor("attn_v.weight") ? 1 : 0);
    const bool factors = view_.outside->has("rope_freqs.weight") || view_.outside->has("rope_factors_long.weight");
    if (template_.settings.count("rope_factors") == 0) put("rope_factors", factors ? 1 : 0);
    const auto weighted = template_.settings.find("qk_norm_weights");
    if (weighted != template_.settings.end() && weighted->second == 0) return;
    const std::int64_t normalized = view_.tensors->size("attn_q_norm.weight", 0);
    const bool whole = normalized != 0 && normalized != settings_["head_dim_k"];
    put("qk_norm", setting_value("qk_norm", normalized == 0 ? "none" : whole ? "whole" : "per_head"));
  }

  void fill(const LatentAttention&) {
    copy("n_head", "attention.head_count");
    put("q_lora_rank", number("attention.q_lora_rank").value_or(0));
    copy("kv_lora_rank", "attention.kv_lora_rank");
    const std::int64_t rope = number("rope.dimension_count").value_or(0);
    put("head_dim_rope", rope);
    if (const auto key = number("attention.key_length_mla")) put("head_dim_nope", *key - rope);
    copy("head_dim_v", "attention.value_length_mla");
    copy("indexer_heads", "attention.indexer.head_count");
    copy("indexer_head_dim", "attention.indexer.key_length");
    copy("indexer_top_k", "attention.indexer.top_k");
    const auto heads = number("attention.indexer.head_count");
    const bool is_stored = view_.tensors == nullptr || has_tensor("indexer.attn_k.weight");
    if (!heads || (*heads > 0 && is_stored)) return;
    for (const char* none : {"indexer_heads", "indexer_head_dim"}) put(none, 0);
    put("shares_indexer", 1);
  }

  void fill(const ShortConvolution&) { copy("kernel", "shortconv.l_cache"); }

  void fill(const StateSpace&) {
    copy("d_inner", "ssm.inner_size");
    copy("d_state", "ssm.state_size");
    copy("d_conv", "ssm.conv_kernel");
    copy("dt_rank", "ssm.time_step_rank");
    const auto version = template_.settings.find("version");
    const bool first = version != template_.settings.end() && version->second == 1;
    if (!first) put("n_group", number("ssm.group_count").value_or(1));
    infer("conv_bias", "ssm_conv1d.bias");
    if (!first) infer("ssm_norm", "ssm_norm.weight");
    if (first) infer("dt_b_c_norm", "ssm_dt_norm.weight");
  }

  void fill(const ParallelMixer& mixer) {
    fill(mixer.attention);
    fill(mixer.state_space);
  }

  void fill(const GatedDeltaNet&) {
    if (setting_of(template_, "by_channel", 0) != 0) {
      const std::int64_t heads = parameters_.first_positive("attention.head_count");
      for (const char* name : {"n_key_head", "n_value_head"}) put(name, heads);
      copy("head_dim", "kda.head_dim");
      return copy("d_conv", "ssm.conv_kernel");
    }
    copy("n_key_head", "ssm.group_count");
    copy("n_value_head", "ssm.time_step_rank");
    copy("head_dim", "ssm.state_size");
    copy("d_conv", "ssm.conv_kernel");
    infer("fused_beta_alpha", "ssm_ba.weight");
  }

  void fill(const DenseFeedForward&) {
    copy("n_ff", "feed_forward_length");
    infer("bias", "ffn_up.bias");
  }

  void fill(const MixtureOfExperts&) {
    copy("n_expert", "expert_count");
    copy("n_expert_used", "expert_used_count");
    const auto own = number("expert_feed_forward_length");
    const auto general = number("feed_forward_length");
    if (own || general) put("n_ff", own && *own > 0 ? *own : general.value_or(0));
    measure("n_ff", "ffn_down_exps.weight", 0);
    shared_experts();
    copy("n_latent", "moe_latent_size");
    measure("n_latent", "ffn_latent_down.weight", 1);
    copy("n_ff_dense", "expert_dense_feed_forward_length");
    measure("n_ff_dense", "ffn_down.weight", 0);
    infer("selection_bias", "exp_probs_b.bias");
    infer("bias", "ffn_up_exps.bias");
    infer("fused_gate_up", "ffn_gate_up_exps.weight");
    routing();
  }

  void shared_experts() {
    infer("shared_gate", "ffn_gate_inp_shexp.weight");
    if (view_.tensors != nullptr) {
      put("n_ff_shared", view_.tensors->size("ffn_down_shexp.weight", 0));
      return;
    }
    const std::int64_t count = number("expert_shared_count").value_or(0);
    const auto length = number("expert_shared_feed_forward_length");
    put("n_ff_shared", length ? *length : count * settings_["n_ff"]);
  }

  void routing() {
    constexpr std::int64_t kSigmoid = 2;  // llama_expert_gating_func_type
    if (traits_.reads_gating) {
      if (const auto gating = number("expert_gating_func")) put("sigmoid_gating", *gating == kSigmoid ? 1 : 0);
    }
    if (traits_.reads_weights_norm) put("normalize_weights", number("expert_weights_norm").value_or(0));
    if (traits_.reads_weights_scale) {
      const double scale = parameters_.real("expert_weights_scale").value_or(0);
      put("scale_weights", scale != 0 && scale != 1 ? 1 : 0);
    }
    const std::int64_t groups = number("expert_group_count").value_or(0);
    if (groups > 1) {
      put("n_expert_groups", groups);
      copy("n_group_used", "expert_group_used_count");
    }
  }

  void side_branches() {
    copy("n_embd_per_layer", "embedding_length_per_layer_input");
    copy("n_altup", "altup.num_inputs");
    copy("laurel_rank", "laurel_rank");
    measure("laurel_rank", "laurel_l.weight", 1);
    if (view_.tensors != nullptr && has_tensor("layer_output_scale.weight")) put("output_scale", 1);
  }

  const BlockTemplate& template_;
  const Hyperparameters& parameters_;
  const GgufTraits& traits_;
  const LayerView& view_;
  Settings settings_;
};

}  // namespace

std::int64_t setting_of(const BlockTemplate& block_template, const std::string& name, std::int64_t otherwise) {
  const auto found = block_template.settings.find(name);
  return found == block_template.settings.end() ? otherwise : found->second;
}

Settings layer_settings(const BlockTemplate& block_template, const Hyperparameters& parameters,
                        const GgufTraits& traits, const LayerView& view) {
  return Filler(block_template, parameters, traits, view).fill();
}

}  // namespace lfmfit
