#include "core/model/blocks/block.hpp"

#include "core/model/blocks/attention.hpp"
#include "core/model/blocks/dense_feed_forward.hpp"
#include "core/model/blocks/gated_delta_net.hpp"
#include "core/model/blocks/latent_attention.hpp"
#include "core/model/blocks/mixture_of_experts.hpp"
#include "core/model/blocks/parallel_mixer.hpp"
#include "core/model/blocks/short_convolution.hpp"
#include "core/model/blocks/state_space.hpp"
#include "core/model/blocks/tensor_list.hpp"

namespace lfmfit {

namespace {

void add_tensors(const NoMixer&, const Model&, int, std::vector<Tensor>&) {}
void add_tensors(const NoFeedForward&, const Model&, int, std::vector<Tensor>&) {}

CacheRow cache_row(const NoMixer&) { return {}; }
CacheRow cache_row(const ShortConvolution&) { return {}; }
CacheRow cache_row(const StateSpace&) { return {}; }
CacheRow cache_row(const GatedDeltaNet&) { return {}; }

StateRow state_row(const NoMixer&, const Model&) { return {}; }
StateRow state_row(const Attention&, const Model&) { return {}; }
StateRow state_row(const LatentAttention&, const Model&) { return {}; }

bool has_feed_forward(const Block& block) { return !std::holds_alternative<NoFeedForward>(block.feed_forward); }
bool has_mixer(const Block& block) { return !std::holds_alternative<NoMixer>(block.mixer); }

void add_feed_forward_norm(const Block& block, const Model& model, int layer, std::vector<Tensor>& tensors) {
  switch (block.feed_forward_norm_name) {
    case FeedForwardNormName::kFfnNorm: return add_norm(block.norm, "ffn_norm", model.n_embd, layer, tensors);
    case FeedForwardNormName::kPostAttentionNorm:
      return add_norm(block.norm, "post_attention_norm", model.n_embd, layer, tensors);
    case FeedForwardNormName::kBareFfnNorm: return TensorList(layer, tensors).add("ffn_norm", model.n_embd);
  }
}

/// What stands beside mixer and feed-forward part in Gemma 3n and 4.
void add_side_branches(const Block& block, const Model& model, int layer, std::vector<Tensor>& tensors) {
  TensorList list(layer, tensors);
  if (block.output_scale) list.add("layer_output_scale.weight", 1);
  if (block.n_embd_per_layer > 0) {
    list.add("inp_gate.weight", model.n_embd, block.n_embd_per_layer);
    list.add("proj.weight", block.n_embd_per_layer, model.n_embd);
    list.add("post_norm.weight", model.n_embd);
  }
  if (block.n_altup > 0) {
    list.add("altup_correct_coef.weight", block.n_altup, block.n_altup);
    list.add("altup_correct_scale.weight", model.n_embd);
    list.add("altup_predict_coef.weight", block.n_altup, block.n_altup * block.n_altup);
    list.add("altup_router.weight", model.n_embd, block.n_altup);
    list.add("altup_router_norm.weight", model.n_embd);
  }
  if (block.laurel_rank > 0) {
    list.add("laurel_l.weight", model.n_embd, block.laurel_rank);
    list.add("laurel_r.weight", block.laurel_rank, model.n_embd);
    list.add("laurel_post_norm.weight", model.n_embd);
  }
}

}  // namespace

void add_norm(NormKind kind, const std::string& name, std::int64_t size, int layer, std::vector<Tensor>& tensors) {
  if (kind == NormKind::kNone) return;
  TensorList list(layer, tensors);
  list.add(name + ".weight", size);
  if (kind == NormKind::kLayerWithBias || kind == NormKind::kRmsWithBias) list.add(name + ".bias", size);
}

void add_tensors(const Block& block, const Model& model, int layer, std::vector<Tensor>& tensors) {
  if (block.mixer_norm) add_norm(block.norm, "attn_norm", model.n_embd, layer, tensors);
  std::visit([&](const auto& mixer) { add_tensors(mixer, model, layer, tensors); }, block.mixer);
  if (has_mixer(block) && block.mixer_post_norm)
    add_norm(block.norm, "post_attention_norm", model.n_embd, layer, tensors);
  if (block.post_residual_norm) add_norm(block.norm, "attn_output_norm", model.n_embd, layer, tensors);
  const bool needs_norm = has_mixer(block) || !block.mixer_norm;  // a part alone has the mixer norm, if that is there
  if (needs_norm && has_feed_forward(block) && block.feed_forward_norm) {
    add_feed_forward_norm(block, model, layer, tensors);
  }
  std::visit([&](const auto& part) { add_tensors(part, model, layer, tensors); }, block.feed_forward);
  if (has_feed_forward(block) && block.feed_forward_post_norm) {
    add_norm(block.norm, "post_ffw_norm", model.n_embd, layer, tensors);
  }
  if (block.post_residual_norm) add_norm(block.norm, "layer_output_norm", model.n_embd, layer, tensors);
  add_side_branches(block, model, layer, tensors);
}

CacheRow cache_row(const Block& block) {
  return std::visit([](const auto& mixer) { return cache_row(mixer); }, block.mixer);
}

StateRow state_row(const Block& block, const Model& model) {
  return std::visit([&](const auto& mixer) { return state_row(mixer, model); }, block.mixer);
}

}  // namespace lfmfit
