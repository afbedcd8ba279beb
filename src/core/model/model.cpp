#include "lfmfit/model.hpp"

#include <algorithm>
#include <utility>

#include "core/model/blocks/block.hpp"
#include "core/model/blocks/tensor_list.hpp"
#include "core/model/tensor_names.hpp"

namespace lfmfit {

namespace {

const MixtureOfExperts* experts_of(const Model& model, int layer) {
  if (layer < 0 || static_cast<std::size_t>(layer) >= model.blocks.size()) return nullptr;
  return std::get_if<MixtureOfExperts>(&model.blocks[static_cast<std::size_t>(layer)].feed_forward);
}

std::vector<Tensor> tensors_around_blocks(const Model& model) {
  std::vector<Tensor> result;
  TensorList list(-1, result);
  list.add("token_embd.weight", model.n_embd, model.n_vocab);
  if (!model.final_norm.empty()) add_norm(model.final_norm_kind, model.final_norm, model.n_embd, -1, result);
  if (model.has_output && !model.tied_embeddings) list.add("output.weight", model.n_embd, model.n_vocab);
  if (model.has_output && model.output_bias) list.add("output.bias", model.n_vocab);
  result.insert(result.end(), model.extra_tensors.begin(), model.extra_tensors.end());
  return result;
}

template <class Count>
std::int64_t sum_over(const std::vector<Tensor>& list, const Count& count) {
  std::int64_t sum = 0;
  for (const Tensor& tensor : list) {
    if (!is_rotation_factor(tensor)) sum = checked_add(sum, count(tensor));
  }
  return sum;
}

/// The sum of `count` over all tensors that hold weights. Most layers are equal, so each kind is counted once.
template <class Count>
std::int64_t sum_over_tensors(const Model& model, const Count& count) {
  if (!model.file_tensors.empty()) return sum_over(model.file_tensors, count);
  std::int64_t sum = sum_over(tensors_around_blocks(model), count);
  std::vector<std::pair<const Block*, std::int64_t>> kinds;
  for (std::size_t i = 0; i < model.blocks.size(); ++i) {
    const Block& block = model.blocks[i];
    auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const auto& known) { return *known.first == block; });
    if (kind == kinds.end()) {
      std::vector<Tensor> list;
      add_tensors(block, model, static_cast<int>(i), list);
      kind = kinds.insert(kinds.end(), {&block, sum_over(list, count)});
    }
    sum = checked_add(sum, kind->second);
  }
  return sum;
}

std::string mixer_name(const Mixer& mixer) {
  struct Namer {
    std::string operator()(const NoMixer&) const { return "feed-forward"; }
    std::string operator()(const Attention& attention) const {
      if (attention.chunked) return "chunked attention";
      return attention.sliding ? "sliding attention" : "attention";
    }
    std::string operator()(const LatentAttention&) const { return "latent attention"; }
    std::string operator()(const ShortConvolution&) const { return "short-conv"; }
    std::string operator()(const StateSpace& state_space) const {
      return state_space.version == 1 ? "Mamba" : "Mamba-2";
    }
    std::string operator()(const GatedDeltaNet& net) const {
      return net.by_channel ? "Kimi delta attention" : "gated delta net";
    }
    std::string operator()(const ParallelMixer&) const { return "attention + Mamba-2"; }
  };
  return std::visit(Namer{}, mixer);
}

/// How many layers each kind of mixer has, in the order in which the kinds first appear.
std::vector<std::pair<std::string, int>> mixer_counts(const Model& model) {
  std::vector<std::pair<std::string, int>> counts;
  for (const Block& block : model.blocks) {
    const std::string name = mixer_name(block.mixer);
    const auto found =
        std::find_if(counts.begin(), counts.end(), [&](const auto& entry) { return entry.first == name; });
    if (found == counts.end()) {
      counts.push_back({name, 1});
    } else {
      ++found->second;
    }
  }
  return counts;
}

/// "; 22 with 4 of 32 experts", or nothing.
std::string describe_experts(const Model& model) {
  int layers = 0;
  const MixtureOfExperts* experts = nullptr;
  for (const Block& block : model.blocks) {
    const auto* part = std::get_if<MixtureOfExperts>(&block.feed_forward);
    if (part == nullptr) continue;
    experts = part;
    ++layers;
  }
  if (experts == nullptr) return "";
  return "; " + std::to_string(layers) + " with " + std::to_string(experts->n_expert_used) + " of " +
         std::to_string(experts->n_expert) + " experts";
}

}  // namespace

std::vector<Tensor> tensors(const Model& model) {
  if (!model.file_tensors.empty()) return model.file_tensors;
  std::vector<Tensor> result = tensors_around_blocks(model);
  for (std::size_t i = 0; i < model.blocks.size(); ++i)
    add_tensors(model.blocks[i], model, static_cast<int>(i), result);
  return result;
}

std::int64_t parameter_count(const Model& model) {
  return sum_over_tensors(model, [](const Tensor& tensor) { return element_count(tensor.shape); });
}

std::int64_t active_parameter_count(const Model& model) {
  return sum_over_tensors(model, [&model](const Tensor& tensor) {
    const std::int64_t elements = element_count(tensor.shape);
    const MixtureOfExperts* experts = experts_of(model, tensor.layer);
    if (experts == nullptr || !is_of_experts(tensor)) return elements;
    return elements / experts->n_expert * experts->n_expert_used;
  });
}

int attention_layer_count(const Model& model) {
  int count = 0;
  for (const Block& block : model.blocks) {
    const auto* attention = std::get_if<Attention>(&block.mixer);
    if (attention != nullptr && attention->cached && !attention->sliding && !attention->shares_cache_of) ++count;
    if (std::holds_alternative<LatentAttention>(block.mixer) || std::holds_alternative<ParallelMixer>(block.mixer))
      ++count;
  }
  return count;
}

std::string describe_layers(const Model& model) {
  const auto counts = mixer_counts(model);
  std::string text = std::to_string(model.blocks.size());
  if (counts.size() == 1) return text + " " + counts.front().first + " layers" + describe_experts(model);
  text += " layers: ";
  for (const auto& entry : counts) {
    if (&entry != &counts.front()) text += ", ";
    text += std::to_string(entry.second) + " " + entry.first;
  }
  return text + describe_experts(model);
}

}  // namespace lfmfit
