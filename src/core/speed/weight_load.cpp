#include "core/speed/weight_load.hpp"

#include <algorithm>
#include <string_view>

#include "core/llamacpp/placement.hpp"

namespace lfmfit {

namespace {

/// How a pass uses a tensor.
enum class Use { kNone, kMatrix, kHead, kExperts };

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool has_output_tensor(const std::vector<Tensor>& tensors) {
  return std::any_of(tensors.begin(), tensors.end(),
                     [](const Tensor& tensor) { return tensor.name == "output.weight"; });
}

/// Tables of embeddings are only looked up, except that a tied one is the output layer too. Layers behind the last
/// block predict further tokens; llama.cpp does not run them.
Use use_of(const Tensor& tensor, const Model& model, bool tied) {
  if (tensor.layer >= static_cast<int>(model.blocks.size())) return Use::kNone;
  if (tensor.name == "token_embd.weight") return tied ? Use::kHead : Use::kNone;
  if (tensor.name == "output.weight") return Use::kHead;
  if (is_one_of(tensor.name, {"per_layer_token_embd.weight", "position_embd.weight", "token_types.weight",
                              "rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight"})) {
    return Use::kNone;
  }
  return tensor.name.find("_exps.") != std::string::npos ? Use::kExperts : Use::kMatrix;
}

double work_of(const TensorType* type, const SpeedConstants& constants) {
  for (const WeightWork& entry : constants.weight_work) {
    if (entry.type == type) return entry.work;
  }
  return 1;
}

/// The share of the experts of `layer` that one token uses.
double expert_share(const Model& model, int layer) {
  const auto* experts = std::get_if<MixtureOfExperts>(&model.blocks[static_cast<std::size_t>(layer)].feed_forward);
  return experts == nullptr ? 1 : static_cast<double>(experts->n_expert_used) / static_cast<double>(experts->n_expert);
}

bool is_on_host(const Tensor& tensor, Use use, const HostParts& parts) {
  if (tensor.layer < 0) return parts.output;
  const auto layer = static_cast<std::size_t>(tensor.layer);
  return use == Use::kExperts ? parts.experts[layer] : parts.layers[layer];
}

/// Numbers that one token takes into and out of a matrix.
double numbers_through(const Tensor& tensor) { return static_cast<double>(tensor.shape[0] + tensor.shape[1]); }

void add_experts(const Tensor& tensor, double bytes, double elements, double share, double work, PlaceLoad& place) {
  const auto found = std::find_if(place.experts.begin(), place.experts.end(), [&](const ExpertLoad& load) {
    return load.type == tensor.stored && load.share == share;
  });
  if (found == place.experts.end()) {
    place.experts.push_back({tensor.stored, bytes, share, elements});
  } else {
    found->bytes += bytes;
    found->parameters += elements;
  }
  place.activations += numbers_through(tensor) * share * static_cast<double>(tensor.shape[2]);
  place.expert_parameters += elements * share;
  place.expert_operations += 2 * elements * share * work;
}

}  // namespace

HostParts host_parts(const Model& model, const Request& request, bool cpu_backend) {
  const std::size_t layers = model.blocks.size();
  HostParts parts{std::vector<bool>(layers), std::vector<bool>(layers), std::vector<bool>(layers), false};
  if (cpu_backend) return parts;
  const Placement placement = place_layers(model, request, cpu_backend);
  for (std::size_t layer = 0; layer < layers; ++layer) {
    parts.layers[layer] = placement.layers[layer] == placement.host();
    parts.caches[layer] = placement.cache_place(static_cast<int>(layer)) == placement.host();
    parts.experts[layer] = parts.layers[layer] || placement.experts_on_host[layer];
  }
  parts.output = placement.output == placement.host();
  return parts;
}

void add_weights(const Model& model, const std::vector<Tensor>& tensors, const HostParts& parts, bool on_host,
                 const SpeedConstants& constants, PlaceLoad& place) {
  const bool tied = model.has_output && !has_output_tensor(tensors);
  for (const Tensor& tensor : tensors) {
    const Use use = use_of(tensor, model, tied);
    if (use == Use::kNone) continue;
    if (is_on_host(tensor, use, parts) != on_host) continue;
    const auto bytes = static_cast<double>(tensor_bytes(tensor.shape, *tensor.stored).count());
    const auto elements = static_cast<double>(element_count(tensor.shape));
    const double work = work_of(tensor.stored, constants);
    if (use == Use::kExperts) {
      add_experts(tensor, bytes, elements, expert_share(model, tensor.layer), work, place);
    } else {
      place.dense_bytes += bytes;
      place.dense_operations += 2 * elements * work;
      if (use != Use::kMatrix) continue;
      place.dense_parameters += elements;
      if (tensor.shape[1] > 1) place.activations += numbers_through(tensor);
    }
  }
}

}  // namespace lfmfit
