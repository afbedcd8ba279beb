#include "core/model/blocks/gated_delta_net.hpp"

#include "core/model/blocks/tensor_list.hpp"

namespace lfmfit {

void add_tensors(const GatedDeltaNet& block, const Model& model, int layer, std::vector<Tensor>& tensors) {
  TensorList list(layer, tensors);
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
