#include "core/model/blocks/state_space.hpp"

#include "core/model/blocks/tensor_list.hpp"

namespace lfmfit {

namespace {

void add_version_1(const StateSpace& block, const Model& model, TensorList& list) {
  list.add("ssm_in.weight", model.n_embd, 2 * block.d_inner);
  list.add("ssm_conv1d.weight", block.d_conv, block.d_inner);
  if (block.conv_bias) list.add("ssm_conv1d.bias", block.d_inner);
  list.add("ssm_x.weight", block.d_inner, block.dt_rank + 2 * block.d_state);
  list.add("ssm_dt.weight", block.dt_rank, block.d_inner);
  list.add("ssm_dt.bias", block.d_inner);
  if (block.dt_b_c_norm) {
    list.add("ssm_dt_norm.weight", block.dt_rank);
    list.add("ssm_b_norm.weight", block.d_state);
    list.add("ssm_c_norm.weight", block.d_state);
  }
  list.add("ssm_a", block.d_state, block.d_inner);
  list.add("ssm_d", block.d_inner);
}

void add_version_2(const StateSpace& block, const Model& model, TensorList& list) {
  const std::int64_t convolved = block.d_inner + 2 * block.n_group * block.d_state;
  list.add("ssm_in.weight", model.n_embd, block.d_inner + convolved + block.dt_rank);
  list.add("ssm_conv1d.weight", block.d_conv, convolved);
  if (block.conv_bias) list.add("ssm_conv1d.bias", convolved);
  list.add("ssm_dt.bias", block.dt_rank);
  list.add("ssm_a", 1, block.dt_rank);
  list.add("ssm_d", 1, block.dt_rank);
  if (block.ssm_norm) list.add("ssm_norm.weight", block.d_inner / block.n_group, block.n_group);
}

}  // namespace

void add_tensors(const StateSpace& block, const Model& model, int layer, std::vector<Tensor>& tensors) {
  TensorList list(layer, tensors);
  if (block.version == 1) {
    add_version_1(block, model, list);
  } else {
    add_version_2(block, model, list);
  }
  list.add("ssm_out.weight", block.d_inner, model.n_embd);
}

StateRow state_row(const StateSpace& block, const Model&) {
  const std::int64_t groups = block.version == 1 ? 0 : block.n_group;
  return {(block.d_conv - 1) * (block.d_inner + 2 * groups * block.d_state), block.d_state * block.d_inner};
}

}  // namespace lfmfit
