#include "core/model/blocks/short_convolution.hpp"

#include "core/model/blocks/tensor_list.hpp"

namespace lfmfit {

void add_tensors(const ShortConvolution& block, const Model& model, int layer, std::vector<Tensor>& tensors) {
  TensorList list(layer, tensors);
  list.add("shortconv.conv.weight", block.kernel, model.n_embd);
  list.add("shortconv.in_proj.weight", model.n_embd, 3 * model.n_embd);  // input, and a gate before and after
  list.add("shortconv.out_proj.weight", model.n_embd, model.n_embd);
}

StateRow state_row(const ShortConvolution& block, const Model& model) { return {(block.kernel - 1) * model.n_embd, 0}; }

}  // namespace lfmfit
