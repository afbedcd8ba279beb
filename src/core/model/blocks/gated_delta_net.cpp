#include "core/model/blocks/gated_delta_net.hpp"

#include "core/model/blocks/tensor_list.hpp"

namespace lfmfit {

namespace {

/// Kimi delta attention: src/models/kimi-linear.cpp.
void add_tensors_by_channel(const GatedDeltaNet& block, const Model& model, TensorList& list) {
  const std::int64_t width = block.n_value_head * block.head_dim;
  for (const char* name : {"attn_q.weight", "attn_k.weight", "attn_v.weight"}) list.add(name, model.n_embd, width);
  for (const char* name : {"ssm_conv1d_q.weight", "ssm_conv1d_k.weight", "ssm_conv1d_v.weight"})
    list.add(name, block.d_conv, 1, width);
  for (const char* name : {"ssm_f_a.weight", "ssm_g_a.weight"}) list.add(name, model.n_embd, block.head_dim);
  for (const char* name : {"ssm_f_b.weight", "ssm_g_b.weight"}) list.add(name, block.head_dim, width);
  list.add("ssm_beta.weight", model.n_embd, block.n_value_head);
  list.add("ssm_a", 1, block.n_value_head);
  list.add("ssm_dt.bias", width);
  list.add("ssm_norm.weight", block.head_dim);
  list.add("attn_output.weight", width, model.n_embd);
}

}  // namespace

void add_tensors(const GatedDeltaNet& block, const Model& model, int layer, std::vector<Tensor>& tensors) {
  TensorList list(layer, tensors);
  if (block.by_channel) return add_tensors_by_channel(block, model, list);
  const std::int64_t values = block.n_value_head * block.head_dim;
  const std::int64_t convolved = 2 * block.n_key_head * block.head_dim + values;
  list.add("attn_qkv.weight", model.n_embd, convolved);
  list.add("attn_gate.weight", model.n_embd, values);
  list.add("ssm_conv1d.weight", block.d_conv, convolved);
  list.add("ssm_dt.bias", block.n_value_head);
  list.add("ssm_a", block.n_value_head);
  if (block.fused_beta_alpha) {
    list.add("ssm_ba.weight", model.n_embd, 2 * block.n_value_head);
  } else {
    list.add("ssm_beta.weight", model.n_embd, block.n_value_head);
    list.add("ssm_alpha.weight", model.n_embd, block.n_value_head);
  }
  list.add("ssm_norm.weight", block.head_dim);
  list.add("ssm_out.weight", values, model.n_embd);
}

StateRow state_row(const GatedDeltaNet& block, const Model&) {
  const std::int64_t values = block.n_value_head * block.head_dim;
  return {(block.d_conv - 1) * (2 * block.n_key_head * block.head_dim + values), values * block.head_dim};
}

}  // namespace lfmfit
