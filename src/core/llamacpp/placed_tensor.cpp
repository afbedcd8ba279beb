#include "core/llamacpp/placed_tensor.hpp"

#include <set>

#include "core/model/tensor_names.hpp"

namespace lfmfit {

namespace {

/// Layers hold rotation factors unless their window slides and they turn without them (Gemma 4).
bool holds_rotation_factors(const Block& block) {
  const auto* attention = std::get_if<Attention>(&block.mixer);
  return attention == nullptr || attention->rope_factors || !attention->sliding;
}

std::set<int> places_of_rotation_factors(const Tensor& factor, const Model& model, const Placement& placement) {
  std::set<int> places;
  for (std::size_t i = 0; i < model.blocks.size(); ++i) {
    if (holds_rotation_factors(model.blocks[i]))
      places.insert(place_of_rotation_factor(factor, static_cast<int>(i), placement));
  }
  return places;
}

bool lies_with_first_layer(const Tensor& tensor, const Model& model) {
  return tensor.name.starts_with("per_layer_") || (model.embedding_norm && tensor.name.starts_with("token_embd_norm."));
}

TensorUse use_of(const Tensor& tensor) {
  if (is_input_tensor(tensor)) return TensorUse::kInput;
  if (is_rotation_factor(tensor)) return TensorUse::kConstant;
  return tensor.layer >= 0 && is_of_experts(tensor) ? TensorUse::kExperts : TensorUse::kDense;
}

}  // namespace

bool is_loaded(const Tensor& tensor, const Model& model) {
  return tensor.layer < static_cast<int>(model.blocks.size());
}

int place_of(const Tensor& tensor, const Model& model, const Placement& placement) {
  if (const std::optional<int> moved = placement.moved_place(tensor)) return *moved;
  if (tensor.layer >= 0) return placement.layer_place(tensor.layer);
  if (is_input_tensor(tensor)) return placement.host();
  return lies_with_first_layer(tensor, model) ? placement.layers.front() : placement.output;
}

int place_of_head(const Tensor& head, const Placement& placement) {
  return placement.moved_place(head).value_or(placement.output);
}

int place_of_rotation_factor(const Tensor& factor, int layer, const Placement& placement) {
  return placement.moved_place(factor).value_or(placement.layer_place(layer));
}

std::vector<PlacedTensor> place_tensors(const Model& model, const std::vector<Tensor>& tensors,
                                        const Placement& placement) {
  std::vector<PlacedTensor> placed;
  placed.reserve(tensors.size() + 1);
  const Tensor* head = head_of(model, tensors);
  for (const Tensor& tensor : tensors) {
    if (!is_loaded(tensor, model)) continue;
    const TensorUse use = use_of(tensor);
    if (&tensor == head) {
      const int place = place_of_head(tensor, placement);
      const bool copied = place != placement.host() || model.copies_tied_output;
      if (use == TensorUse::kInput && copied) placed.push_back({&tensor, use, placement.host()});
      placed.push_back({&tensor, TensorUse::kHead, place});
    } else if (use == TensorUse::kConstant && tensor.layer < 0) {
      for (const int place : places_of_rotation_factors(tensor, model, placement))
        placed.push_back({&tensor, use, place});
    } else {
      placed.push_back({&tensor, use, place_of(tensor, model, placement)});
    }
  }
  return placed;
}

}  // namespace lfmfit
