#include "core/model/block_settings.hpp"

#include "core/base/limits.hpp"
#include "core/model/setting_reader.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

// Bounds far above any real model and low enough that the product of the sizes of one tensor stays below 2^60.
constexpr std::int64_t kMaxHeads = 1 << 14;
constexpr std::int64_t kMaxHeadSize = 1 << 14;
constexpr std::int64_t kMaxRank = 1 << 20;
constexpr std::int64_t kMaxFeedForward = 1 << 22;
constexpr std::int64_t kMaxExperts = 1 << 14;
constexpr std::int64_t kMaxInner = 1 << 22;
constexpr std::int64_t kMaxState = 1 << 14;
constexpr std::int64_t kMaxGroups = 1 << 12;
constexpr std::int64_t kMaxKernel = 1 << 10;

void read(SettingReader& reader, NoMixer&) { (void)reader; }
void read(SettingReader& reader, NoFeedForward&) { (void)reader; }

void read(SettingReader& reader, Attention& attention) {
  reader.number("n_head", attention.n_head, 1, kMaxHeads);
  reader.number("n_head_kv", attention.n_head_kv, 1, kMaxHeads);
  reader.multiple("n_head", attention.n_head, "n_head_kv", attention.n_head_kv);
  reader.number("head_dim_k", attention.head_dim_k, 1, kMaxHeadSize);
  reader.number("head_dim_v", attention.head_dim_v, 1, kMaxHeadSize);
  reader.number("n_rot", attention.n_rot, 0, kMaxHeadSize);
  reader.number("window", attention.window, 0, kMaxContext);
  reader.flag("sliding", attention.sliding);
  reader.flag("chunked", attention.chunked);
  reader.flag("fused_qkv", attention.fused_qkv);
  reader.flag("qkv_bias", attention.qkv_bias);
  reader.flag("output_bias", attention.output_bias);
  reader.choice("qk_norm", attention.qk_norm);
  reader.flag("qk_norm_after_rope", attention.qk_norm_after_rope);
  reader.flag("qk_norm_weights", attention.qk_norm_weights);
  reader.flag("v_norm", attention.v_norm);
  reader.flag("rope", attention.rope);
  reader.flag("rope_factors", attention.rope_factors);
  reader.flag("scale_q", attention.scale_q);
  reader.flag("temperature", attention.temperature);
  reader.flag("sinks", attention.sinks);
  reader.flag("output_gate", attention.output_gate);
  reader.flag("head_gate", attention.head_gate);
  reader.flag("logit_softcap", attention.logit_softcap);
  reader.flag("values_are_keys", attention.values_are_keys);
  reader.flag("cached", attention.cached);
  reader.flag("keeps_shared_weights", attention.keeps_shared_weights);
}

void read(SettingReader& reader, LatentAttention& attention) {
  reader.number("n_head", attention.n_head, 1, kMaxHeads);
  reader.number("q_lora_rank", attention.q_lora_rank, 0, kMaxRank);
  reader.number("kv_lora_rank", attention.kv_lora_rank, 1, kMaxRank);
  reader.number("head_dim_nope", attention.head_dim_nope, 1, kMaxHeadSize);
  reader.number("head_dim_rope", attention.head_dim_rope, 1, kMaxHeadSize);
  reader.number("head_dim_v", attention.head_dim_v, 1, kMaxHeadSize);
  reader.number("indexer_heads", attention.indexer_heads, 0, kMaxHeads);
  reader.number("indexer_head_dim", attention.indexer_head_dim, attention.indexer_heads > 0 ? 1 : 0, kMaxHeadSize);
  reader.number("indexer_top_k", attention.indexer_top_k, attention.indexer_heads > 0 ? 1 : 0, kMaxContext);
  reader.flag("rope", attention.rope);
  reader.flag("shares_indexer", attention.shares_indexer);
}

void read(SettingReader& reader, ShortConvolution& convolution) {
  reader.number("kernel", convolution.kernel, 2, kMaxKernel);
}

void read(SettingReader& reader, StateSpace& state_space) {
  reader.number("version", state_space.version, 1, 2);
  reader.number("d_inner", state_space.d_inner, 1, kMaxInner);
  reader.number("d_state", state_space.d_state, 1, kMaxState);
  reader.number("d_conv", state_space.d_conv, 2, kMaxKernel);
  reader.number("n_group", state_space.n_group, 1, kMaxGroups);
  reader.number("dt_rank", state_space.dt_rank, 1, kMaxRank);
  reader.flag("ssm_norm", state_space.ssm_norm);
  reader.flag("dt_b_c_norm", state_space.dt_b_c_norm);
  reader.flag("conv_bias", state_space.conv_bias);
  if (state_space.version == 2 && state_space.d_inner % state_space.dt_rank != 0) {
    throw Error(ErrorKind::kBadFile, "setting \"d_inner\" must be a multiple of \"dt_rank\", the number of heads");
  }
  if (state_space.d_inner % state_space.n_group != 0) {
    throw Error(ErrorKind::kBadFile, "setting \"d_inner\" must be a multiple of \"n_group\"");
  }
}

void read(SettingReader& reader, GatedDeltaNet& net) {
  reader.number("n_key_head", net.n_key_head, 1, kMaxHeads);
  reader.number("n_value_head", net.n_value_head, 1, kMaxHeads);
  reader.number("head_dim", net.head_dim, 1, kMaxHeadSize);
  reader.number("d_conv", net.d_conv, 2, kMaxKernel);
  reader.flag("by_channel", net.by_channel);
  reader.flag("fused_beta_alpha", net.fused_beta_alpha);
  if (net.by_channel && net.n_key_head != net.n_value_head)
    throw Error(ErrorKind::kBadFile, "settings \"n_key_head\" and \"n_value_head\" must be equal with \"by_channel\"");
}

void read(SettingReader& reader, ParallelMixer& mixer) {
  read(reader, mixer.attention);
  read(reader, mixer.state_space);
}

void read(SettingReader& reader, DenseFeedForward& part) {
  reader.number("n_ff", part.n_ff, 1, kMaxFeedForward);
  reader.flag("gated", part.gated);
  reader.flag("fused_gate_up", part.fused_gate_up);
  reader.choice("activation", part.activation);
  reader.flag("separate_gate", part.separate_gate);
  reader.flag("bias", part.bias);
}

void read(SettingReader& reader, MixtureOfExperts& part) {
  reader.number("n_ff", part.n_ff, 1, kMaxFeedForward);
  reader.number("n_expert", part.n_expert, 1, kMaxExperts);
  reader.number("n_expert_used", part.n_expert_used, 1, part.n_expert);
  reader.number("n_ff_shared", part.n_ff_shared, 0, kMaxFeedForward);
  reader.number("n_latent", part.n_latent, 0, kMaxFeedForward);
  reader.number("n_ff_dense", part.n_ff_dense, 0, kMaxFeedForward);
  reader.flag("gated", part.gated);
  reader.flag("shared_gate", part.shared_gate);
  reader.flag("sigmoid_gating", part.sigmoid_gating);
  reader.flag("weights_after_top_k", part.weights_after_top_k);
  reader.flag("normalize_weights", part.normalize_weights);
  reader.flag("scale_weights", part.scale_weights);
  reader.flag("selection_bias", part.selection_bias);
  reader.flag("weigh_inputs", part.weigh_inputs);
  reader.number("n_expert_groups", part.n_expert_groups, 1, part.n_expert);
  reader.number("n_group_used", part.n_group_used, 1, part.n_expert_groups);
  reader.flag("bias", part.bias);
  reader.flag("fused_gate_up", part.fused_gate_up);
  reader.choice("activation", part.activation);
}

template <class Kinds, std::size_t i = 0>
std::optional<Kinds> kind_called(std::string_view name) {
  if constexpr (i == std::variant_size_v<Kinds>) {
    return std::nullopt;
  } else {
    using Kind = std::variant_alternative_t<i, Kinds>;
    return name == Kind::kName ? Kinds(Kind{}) : kind_called<Kinds, i + 1>(name);
  }
}

/// "\"dense\", \"experts\" and \"none\"": none is the first of each variant.
template <class None, class... Kinds>
std::string names_of(const std::variant<None, Kinds...>&) {
  std::string text;
  ((text += std::string(text.empty() ? "\"" : ", \"") + Kinds::kName + "\""), ...);
  return text + " and \"" + None::kName + "\"";
}

template <class Kinds>
Kinds require_kind(const std::optional<Kinds>& found, const char* what, const std::string& name) {
  if (found) return *found;
  throw Error(ErrorKind::kBadFile, std::string("there is no ") + what + " \"" + name + "\", only " + names_of(Kinds()));
}

void read_surroundings(SettingReader& reader, Block& block) {
  reader.flag("mixer_norm", block.mixer_norm);
  reader.flag("norm_runs_first", block.norm_runs_first);
  reader.flag("mixer_post_norm", block.mixer_post_norm);
  reader.flag("feed_forward_norm", block.feed_forward_norm);
  reader.flag("feed_forward_post_norm", block.feed_forward_post_norm);
  reader.flag("parallel", block.parallel);
  reader.flag("residual_scale", block.residual_scale);
  reader.flag("mixer_residual_first", block.mixer_residual_first);
  reader.flag("feed_forward_residual_first", block.feed_forward_residual_first);
  reader.flag("post_residual_norm", block.post_residual_norm);
  reader.choice("norm", block.norm);
  reader.choice("feed_forward_norm_name", block.feed_forward_norm_name);
  reader.flag("output_scale", block.output_scale);
  reader.number("n_embd_per_layer", block.n_embd_per_layer, 0, kMaxRank);
  reader.number("n_altup", block.n_altup, 0, kMaxGroups);
  reader.number("laurel_rank", block.laurel_rank, 0, kMaxRank);
}

}  // namespace

std::optional<Mixer> mixer_called(std::string_view name) { return kind_called<Mixer>(name); }
std::optional<FeedForward> feed_forward_called(std::string_view name) { return kind_called<FeedForward>(name); }

Block build_block(char letter, const BlockTemplate& block_template, const Settings& settings, SettingNames& known) {
  SettingReader reader(settings, std::string("block '") + letter + "'", known);
  Block block;
  block.letter = letter;
  block.mixer = require_kind(mixer_called(block_template.mixer), "mixer", block_template.mixer);
  block.feed_forward =
      require_kind(feed_forward_called(block_template.feed_forward), "feed-forward part", block_template.feed_forward);
  std::visit([&](auto& mixer) { read(reader, mixer); }, block.mixer);
  std::visit([&](auto& part) { read(reader, part); }, block.feed_forward);
  read_surroundings(reader, block);
  return block;
}

}  // namespace lfmfit
