#include "core/model/blocks/mixture_of_experts.hpp"

#include "core/model/blocks/tensor_list.hpp"

namespace lfmfit {

namespace {

void add_router(const MixtureOfExperts& block, const Model& model, TensorList& list) {
  list.add("ffn_gate_inp.weight", model.n_embd, block.n_expert);
  if (block.bias) list.add("ffn_gate_inp.bias", block.n_expert);
  if (block.selection_bias) list.add("exp_probs_b.bias", block.n_expert);
}

void add_experts(const MixtureOfExperts& block, const Model& model, TensorList& list) {
  const std::int64_t width = block.n_latent > 0 ? block.n_latent : model.n_embd;
  if (block.n_latent > 0) {
    list.add("ffn_latent_down.weight", model.n_embd, width);
    list.add("ffn_latent_up.weight", width, model.n_embd);
  }
  if (block.gated && block.fused_gate_up) {
    list.add("ffn_gate_up_exps.weight", width, 2 * block.n_ff, block.n_expert);
    if (block.bias) list.add("ffn_gate_up_exps.bias", 2 * block.n_ff, block.n_expert);
  } else if (block.gated) {
    list.add("ffn_gate_exps.weight", width, block.n_ff, block.n_expert);
    if (block.bias) list.add("ffn_gate_exps.bias", block.n_ff, block.n_expert);
  }
  list.add("ffn_down_exps.weight", block.n_ff, width, block.n_expert);
  if (block.bias) list.add("ffn_down_exps.bias", width, block.n_expert);
  if (block.gated && block.fused_gate_up) return;
  list.add("ffn_up_exps.weight", width, block.n_ff, block.n_expert);
  if (block.bias) list.add("ffn_up_exps.bias", block.n_ff, block.n_expert);
}

void add_shared_expert(const MixtureOfExperts& block, const Model& model, TensorList& list) {
  if (block.shared_gate) list.add("ffn_gate_inp_shexp.weight", model.n_embd);
  if (block.gated) list.add("ffn_gate_shexp.weight", model.n_embd, block.n_ff_shared);
  list.add("ffn_up_shexp.weight", model.n_embd, block.n_ff_shared);
  list.add("ffn_down_shexp.weight", block.n_ff_shared, model.n_embd);
}

/// Gemma 4: a plain part beside the experts, each with norms of its own, and learned scales of router and experts.
void add_dense_part(const MixtureOfExperts& block, const Model& model, TensorList& list) {
  list.add("ffn_gate.weight", model.n_embd, block.n_ff_dense);
  list.add("ffn_up.weight", model.n_embd, block.n_ff_dense);
  list.add("ffn_down.weight", block.n_ff_dense, model.n_embd);
  list.add("ffn_gate_inp.scale", model.n_embd);
  list.add("ffn_down_exps.scale", block.n_expert);
  list.add("pre_ffw_norm_2.weight", model.n_embd);
  list.add("post_ffw_norm_1.weight", model.n_embd);
  list.add("post_ffw_norm_2.weight", model.n_embd);
}

}  // namespace

void add_tensors(const MixtureOfExperts& block, const Model& model, int layer, std::vector<Tensor>& tensors) {
  TensorList list(layer, tensors);
  if (block.n_ff_dense > 0) add_dense_part(block, model, list);
  add_router(block, model, list);
  add_experts(block, model, list);
  if (block.n_ff_shared > 0) add_shared_expert(block, model, list);
}

}  // namespace lfmfit
