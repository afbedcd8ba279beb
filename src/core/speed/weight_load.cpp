#include "core/speed/weight_load.hpp"

#include <algorithm>

#include "core/llamacpp/placed_tensor.hpp"

namespace lfmfit::speed {

namespace {

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

void add_dense(const Tensor& tensor, TensorUse use, double bytes, double elements, double work, PlaceLoad& place) {
  place.dense_bytes += bytes;
  place.dense_operations += 2 * elements * work;
  if (use == TensorUse::kHead) return;
  place.dense_parameters += elements;
  if (tensor.shape[1] > 1) place.activations += numbers_through(tensor);
}

}  // namespace

std::vector<PlaceLoad*> loads_at(int place, const Placement& placement, Workload& workload) {
  if (placement.is_beside_gpus(place)) return {&workload.host};
  if (workload.gpus.empty()) return {&workload.device};
  return {&workload.device, &workload.gpus[static_cast<std::size_t>(place)]};
}

void add_weights(const Model& model, const std::vector<Tensor>& tensors, const Placement& placement,
                 const SpeedConstants& constants, Workload& workload) {
  for (const PlacedTensor& placed : place_tensors(model, tensors, placement)) {
    if (placed.use == TensorUse::kInput || placed.use == TensorUse::kConstant) continue;
    const Tensor& tensor = *placed.tensor;
    const auto bytes = static_cast<double>(tensor_bytes(tensor.shape, *tensor.stored).count());
    const auto elements = static_cast<double>(element_count(tensor.shape));
    const double work = work_of(tensor.stored, constants);
    for (PlaceLoad* load : loads_at(placed.place, placement, workload)) {
      if (placed.use == TensorUse::kExperts) {
        add_experts(tensor, bytes, elements, expert_share(model, tensor.layer), work, *load);
      } else {
        add_dense(tensor, placed.use, bytes, elements, work, *load);
      }
    }
  }
}

}  // namespace lfmfit::speed
