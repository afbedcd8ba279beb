// A model is a stack of blocks; a block is a mixer (what looks at other tokens) and a feed-forward part. Each kind of
// block is a plain struct here and one file in src/core/model/blocks/, which alone knows its tensors, its cache and its
// state. Field names follow GGUF's metadata keys.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "lfmfit/units.hpp"

namespace lfmfit {

/// How queries and keys are normalized before use.
enum class QkNorm { kNone, kPerHead, kWhole };

/// What kind of normalization a weight tensor stands for.
enum class NormKind { kRms, kLayer, kLayerWithBias, kNone, kRmsWithBias };

/// What files call the norm before the feed-forward part: "ffn_norm.weight", "post_attention_norm.weight" (gpt-oss,
/// GLM 4.5, Qwen3-Next) or "ffn_norm" without a suffix (Falcon-H1).
enum class FeedForwardNormName { kFfnNorm, kPostAttentionNorm, kBareFfnNorm };

/// Attention with a cache of keys and values (MHA, GQA, MQA), full or sliding.
struct Attention {
  static constexpr const char* kName = "attention";
  std::int64_t n_head = 0;
  std::int64_t n_head_kv = 0;
  std::int64_t head_dim_k = 0;
  std::int64_t head_dim_v = 0;
  std::int64_t n_rot = 0;   ///< elements of a head that turn with the position; 0: all of head_dim_k
  std::int64_t window = 0;  ///< tokens that a sliding window sees; 0: all of the context
  bool sliding = false;     ///< lives in the sliding-window cache
  bool chunked = false;     ///< the window is a chunk (Llama 4)
  bool fused_qkv = false;   ///< one attn_qkv tensor
  bool qkv_bias = false;
  bool output_bias = false;
  QkNorm qk_norm = QkNorm::kNone;
  bool qk_norm_after_rope = false;
  bool qk_norm_weights = true;  ///< false: normalized without a weight tensor
  bool v_norm = false;          ///< values are normalized too (Gemma 4)
  bool rope = true;
  bool rope_factors = false;     ///< a rope_freqs / rope_factors_* tensor scales the frequencies
  bool scale_q = false;          ///< queries are multiplied by a constant in the graph
  bool temperature = false;      ///< queries are scaled by position (Llama 4)
  bool sinks = false;            ///< one learned logit per head (gpt-oss)
  bool output_gate = false;      ///< attn_q also yields a sigmoid gate, doubling its rows (Qwen3-Next)
  bool head_gate = false;        ///< a matrix of its own yields a sigmoid gate for each head (Step 3.5)
  bool logit_softcap = false;    ///< scores are squashed with tanh (Gemma 2)
  bool values_are_keys = false;  ///< no attn_v; the values are the keys (Gemma 4)
  bool cached = true;            ///< false: encoder, every token sees every token of the batch
  bool keeps_shared_weights =
      false;  ///< key and value weights are stored even where the cache of another layer is read
  std::optional<int> shares_cache_of;  ///< layer whose cache is read instead of an own one (Gemma 3n and 4)
  bool operator==(const Attention&) const = default;
};

/// Multi-head latent attention (DeepSeek): one compressed row per token is cached.
struct LatentAttention {
  static constexpr const char* kName = "latent_attention";
  std::int64_t n_head = 0;
  std::int64_t q_lora_rank = 0;  ///< 0: queries are not compressed
  std::int64_t kv_lora_rank = 0;
  std::int64_t head_dim_nope = 0;  ///< part of a query head without position
  std::int64_t head_dim_rope = 0;  ///< part of a query head with position
  std::int64_t head_dim_v = 0;
  std::int64_t indexer_heads = 0;  ///< sparse attention's indexer (DeepSeek V3.2, GLM 5); 0: none
  std::int64_t indexer_head_dim = 0;
  std::int64_t indexer_top_k = 0;
  bool rope = true;  ///< false: the part with position is not rotated (Kimi Linear)
  bool shares_indexer = false;  ///< reads the cells that the last layer with an indexer chose (GLM 5.2)
  bool operator==(const LatentAttention&) const = default;
};

/// LFM2's gated short convolution; its state is the last `kernel - 1` inputs.
struct ShortConvolution {
  static constexpr const char* kName = "short_convolution";
  std::int64_t kernel = 3;
  bool operator==(const ShortConvolution&) const = default;
};

/// Mamba's state space, version 1 or 2.
struct StateSpace {
  static constexpr const char* kName = "state_space";
  int version = 2;
  std::int64_t d_inner = 0;
  std::int64_t d_state = 0;
  std::int64_t d_conv = 0;
  std::int64_t n_group = 1;  ///< version 2 only
  std::int64_t dt_rank = 0;  ///< version 1: rank of the time step; version 2: number of heads
  bool ssm_norm = true;      ///< version 2 only: a norm before the output projection
  bool dt_b_c_norm = false;  ///< version 1 only: time step, B and C are normalized with weights (Jamba)
  bool conv_bias = true;
  bool operator==(const StateSpace&) const = default;
};

/// Gated delta net (Qwen3-Next, Qwen3.5), and Kimi delta attention, where each channel decays for itself.
struct GatedDeltaNet {
  static constexpr const char* kName = "gated_delta_net";
  std::int64_t n_key_head = 0;
  std::int64_t n_value_head = 0;
  std::int64_t head_dim = 0;  ///< of keys and values alike
  std::int64_t d_conv = 0;
  bool by_channel = false;  ///< Kimi Linear: decay by channel, gates of low rank, a convolution each for Q, K and V
  bool fused_beta_alpha = false;  ///< one ssm_ba tensor (Qwen3-Next) instead of ssm_beta and ssm_alpha
  bool operator==(const GatedDeltaNet&) const = default;
};

/// Attention and state space side by side on the same input (Falcon-H1).
struct ParallelMixer {
  static constexpr const char* kName = "parallel_mixer";
  Attention attention;
  StateSpace state_space;
  bool operator==(const ParallelMixer&) const = default;
};

/// No mixer: a layer that is a feed-forward part alone (Nemotron-H).
struct NoMixer {
  static constexpr const char* kName = "none";
  bool operator==(const NoMixer&) const = default;
};

using Mixer =
    std::variant<NoMixer, Attention, LatentAttention, ShortConvolution, StateSpace, GatedDeltaNet, ParallelMixer>;

enum class Activation { kSilu, kGelu, kReluSquared, kSwigluOai, kXielu };

/// A plain feed-forward part.
struct DenseFeedForward {
  static constexpr const char* kName = "dense";
  std::int64_t n_ff = 0;
  bool gated = true;           ///< a gate tensor beside up
  bool fused_gate_up = false;  ///< one ffn_up tensor of 2 x n_ff rows (Phi-3)
  Activation activation = Activation::kSilu;
  bool separate_gate = false;  ///< the gate's activation and its product with up are two operations (Gemma 3n)
  bool sparse_gate = false;    ///< only the gate's outliers pass (Gemma 3n); set by Model::sparse_gate_layers
  bool bias = false;
  bool operator==(const DenseFeedForward&) const = default;
};

/// A mixture of experts, with shared ones where n_ff_shared > 0.
struct MixtureOfExperts {
  static constexpr const char* kName = "experts";
  std::int64_t n_ff = 0;  ///< of one expert
  std::int64_t n_expert = 0;
  std::int64_t n_expert_used = 0;
  std::int64_t n_ff_shared = 0;  ///< all shared experts together
  std::int64_t n_latent = 0;     ///< routed experts work in a space of that size (Nemotron 3 Super); 0: in n_embd
  std::int64_t n_ff_dense = 0;   ///< a plain feed-forward part beside the experts (Gemma 4)
  bool gated = true;
  bool shared_gate = false;          ///< a sigmoid gate weighs the shared expert (Qwen3-Next)
  bool sigmoid_gating = false;       ///< sigmoid instead of softmax
  bool weights_after_top_k = false;  ///< softmax over the chosen experts only (gpt-oss)
  bool normalize_weights = true;
  bool scale_weights = false;
  bool selection_bias = false;       ///< exp_probs_b
  bool weigh_inputs = false;         ///< the input, not the output, is weighted (Llama 4)
  std::int64_t n_expert_groups = 1;  ///< experts lie in this many groups ...
  std::int64_t n_group_used = 1;     ///< ... and are chosen among this many best ones
  bool bias = false;                 ///< router and experts have biases (gpt-oss)
  bool fused_gate_up = false;
  Activation activation = Activation::kSilu;
  bool operator==(const MixtureOfExperts&) const = default;
};

/// No feed-forward part (a pure mixer layer of Mamba or Nemotron-H).
struct NoFeedForward {
  static constexpr const char* kName = "none";
  bool operator==(const NoFeedForward&) const = default;
};

using FeedForward = std::variant<NoFeedForward, DenseFeedForward, MixtureOfExperts>;

/// One layer.
struct Block {
  char letter = '?';  ///< the letter of the layout that stands for this kind of block
  Mixer mixer;
  FeedForward feed_forward;
  bool mixer_norm = true;        ///< a norm before the mixer
  bool norm_runs_first = false;  ///< llama.cpp orders the mixer norm before the loading of states (Qwen3-Next)
  bool mixer_post_norm = false;  ///< a norm after the mixer, before the residual (Gemma, OLMo 2)
  bool feed_forward_norm =
      true;  ///< a norm before the feed-forward part; a layer of one part alone has the mixer norm only
  bool feed_forward_post_norm = false;
  bool parallel = false;                     ///< mixer and feed-forward part read the same input (Command R)
  bool residual_scale = false;               ///< each branch is multiplied by a constant (Granite)
  bool mixer_residual_first = false;         ///< residual + branch instead of branch + residual: which of them is
  bool feed_forward_residual_first = false;  ///< overwritten by the sum (LFM2, Phi)
  bool post_residual_norm =
      false;  ///< norms stand behind the residual additions instead (BERT): attn_output_norm, layer_output_norm
  NormKind norm = NormKind::kRms;
  FeedForwardNormName feed_forward_norm_name = FeedForwardNormName::kFfnNorm;
  bool output_scale = false;  ///< the layer's result is multiplied by a stored number (Gemma 4)
  std::int64_t n_embd_per_layer =
      0;                     ///< length of the embedding that each layer adds for the token (Gemma 3n and 4); 0: none
  std::int64_t n_altup = 0;  ///< alternating streams of the hidden state (Gemma 3n); 0: none
  std::int64_t laurel_rank = 0;  ///< rank of the learned residual beside the mixer (Gemma 3n); 0: none
  bool operator==(const Block&) const = default;
};

}  // namespace lfmfit
