#include "core/model/tensor_names.hpp"

namespace lfmfit {

bool is_input_tensor(const Tensor& tensor) {
  if (tensor.layer >= 0) return false;
  for (const char* start : {"token_embd.", "position_embd.", "token_types.", "per_layer_token_embd."}) {
    if (tensor.name.starts_with(start)) return true;
  }
  return false;
}

std::string full_name(const TensorName& name) {
  return name.layer < 0 ? name.name : "blk." + std::to_string(name.layer) + "." + name.name;
}

bool is_of_experts(const Tensor& tensor) { return tensor.name.find("_exps.") != std::string::npos; }

bool is_matrix_of_weights(const Tensor& tensor) {
  if (tensor.shape[1] <= 1) return false;
  for (const char* part : {"conv", "ssm_a", "_norm", ".bias"}) {
    if (tensor.name.find(part) != std::string::npos) return false;
  }
  return true;
}

bool is_linear(const Tensor& tensor) {
  return tensor.layer >= 0 && is_matrix_of_weights(tensor) && tensor.name.find("ffn_gate_inp") == std::string::npos;
}

bool is_rotation_factor(const Tensor& tensor) {
  return tensor.name.starts_with("rope_freqs") || tensor.name.starts_with("rope_factors");
}

const Tensor* head_of(const Model& model, const std::vector<Tensor>& tensors) {
  if (!model.has_output && !model.loads_output) return nullptr;
  const Tensor* embedding = nullptr;
  for (const Tensor& tensor : tensors) {
    if (tensor.layer >= 0) continue;
    if (tensor.name == "output.weight") return &tensor;
    if (tensor.name == "token_embd.weight") embedding = &tensor;
  }
  return embedding;
}

std::int64_t embedding_width(const Model& model, const std::vector<Tensor>& tensors) {
  std::int64_t width = model.n_embd;
  for (const char* name : {"dense_2.weight", "dense_3.weight"}) {
    for (const Tensor& tensor : tensors) {
      if (tensor.layer < 0 && tensor.name == name) width = tensor.shape[1];
    }
  }
  return width;
}

bool is_behind_pooling(const Tensor& tensor) {
  if (tensor.layer >= 0) return false;
  for (const char* start : {"dense_2.", "dense_3.", "cls."}) {
    if (tensor.name.starts_with(start)) return true;
  }
  return false;
}

bool is_scan_parameter(const Tensor& tensor) { return tensor.name == "ssm_a"; }

}  // namespace lfmfit
