#include "core/model/blocks/dense_feed_forward.hpp"

#include "core/model/blocks/tensor_list.hpp"

namespace lfmfit {

void add_tensors(const DenseFeedForward& block, const Model& model, int layer, std::vector<Tensor>& tensors) {
  TensorList list(layer, tensors);
  if (block.gated && !block.fused_gate_up) {
    list.add("ffn_gate.weight", model.n_embd, block.n_ff);
    if (block.bias) list.add("ffn_gate.bias", block.n_ff);
  }
  list.add("ffn_down.weight", block.n_ff, model.n_embd);
  if (block.bias) list.add("ffn_down.bias", model.n_embd);
  const std::int64_t up_rows = block.n_ff * (block.fused_gate_up ? 2 : 1);
  list.add("ffn_up.weight", model.n_embd, up_rows);
  if (block.bias) list.add("ffn_up.bias", up_rows);
}

}  // namespace lfmfit
