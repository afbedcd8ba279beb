#pragma once

#include <vector>

#include "lfmfit/architecture.hpp"
#include "readers/config_fields.hpp"

namespace lfmfit {

enum class MixerKind { kAttention, kSlidingAttention, kShortConvolution, kStateSpace, kDeltaNet, kNone };
enum class FeedForwardKind { kDense, kExperts, kNone };

/// What a config.json says of one layer.
struct LayerKind {
  MixerKind mixer = MixerKind::kAttention;
  FeedForwardKind feed_forward = FeedForwardKind::kDense;
};

/// The kinds of a model's layers, from whichever of the spellings the config uses: a list for each layer
/// ("layer_types", "layers_block_type", "hybrid_override_pattern", "mlp_layer_types"), indexes ("full_attn_idxs",
/// "attn_layer_indices", "mlp_only_layers"), or periods ("attn_layer_period", "full_attention_interval",
/// "sliding_window_pattern", "first_k_dense_replace", "decoder_sparse_step", ...).
/// Throws Error(kUnsupported) naming a word that is not understood, Error(kBadFile) for lists of another length.
std::vector<LayerKind> layer_kinds(ConfigFields& fields, bool has_experts);

/// The letter of `architecture` for such a layer; a sliding window that the architecture's implementation in llama.cpp
/// does not know is ignored there, and so here. `rotates`: 0 or 1 where it tells letters apart, -1: any.
/// Returns '\0' when there is none.
char letter_of(const Architecture& architecture, LayerKind kind, int rotates);

/// What to call a kind in a message: "a short convolution with experts".
std::string describe(LayerKind kind);

}  // namespace lfmfit
