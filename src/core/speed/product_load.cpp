#include "core/speed/product_load.hpp"

#include <algorithm>

#include "core/llamacpp/placed_tensor.hpp"

namespace lfmfit::speed {

namespace {

bool has(const std::string& name, const char* part) { return name.find(part) != std::string::npos; }

bool is_weight(const std::string& name) {
  constexpr std::string_view kEnd = ".weight";
  return name.size() > kEnd.size() && name.compare(name.size() - kEnd.size(), kEnd.size(), kEnd) == 0;
}

/// Convolutions along the tokens and norms are no matrices that tokens are multiplied with.
bool is_matrix(const Tensor& tensor) {
  const std::string& name = tensor.name;
  const bool convolves = has(name, "conv1d") || has(name, "shortconv.conv");
  return tensor.shape[1] > 1 && is_weight(name) && !convolves && !has(name, "norm");
}

/// Several requests are several matrices to what works along the tokens of each: states and convolutions.
bool is_each_request(const Tensor& tensor, const Model& model) {
  const Mixer& mixer = model.blocks[static_cast<std::size_t>(tensor.layer)].mixer;
  if (std::holds_alternative<ShortConvolution>(mixer)) return has(tensor.name, "shortconv.");
  const bool state = std::holds_alternative<StateSpace>(mixer) || std::holds_alternative<ParallelMixer>(mixer);
  if (state) return tensor.name == "ssm_in.weight" || tensor.name == "ssm_out.weight";
  return std::holds_alternative<GatedDeltaNet>(mixer) && tensor.name == "ssm_out.weight";
}

std::size_t kernel_of(const TensorType* type, const SpeedConstants& constants) {
  const auto& kernels = constants.weight_kernels;
  const auto found =
      std::find_if(kernels.begin(), kernels.end(), [type](const WeightKernel& kernel) { return kernel.type == type; });
  return found == kernels.end() ? 0 : static_cast<std::size_t>(found - kernels.begin());
}

Product product_of(const PlacedTensor& placed, const Model& model, const SpeedConstants& constants) {
  const Tensor& tensor = *placed.tensor;
  Product product;
  product.type = tensor.stored;
  product.kernel = kernel_of(tensor.stored, constants);
  product.inputs = static_cast<double>(tensor.shape[0]);
  product.outputs = static_cast<double>(tensor.shape[1]);
  product.experts = static_cast<double>(tensor.shape[2]);
  product.used = product.experts;
  product.bytes = static_cast<double>(tensor_bytes(tensor.shape, *tensor.stored).count());
  if (placed.use == TensorUse::kHead) {
    product.use = ProductUse::kHead;
  } else if (placed.use == TensorUse::kExperts) {
    const Block& block = model.blocks[static_cast<std::size_t>(tensor.layer)];
    product.use = ProductUse::kExperts;
    if (const auto* experts = std::get_if<MixtureOfExperts>(&block.feed_forward))
      product.used = static_cast<double>(experts->n_expert_used);
  } else if (tensor.layer >= 0 && is_each_request(tensor, model)) {
    product.use = ProductUse::kEach;
  }
  return product;
}

void add(const Product& product, PlaceLoad& load) {
  if (product.use != ProductUse::kHead)
    load.activations += (product.inputs + product.outputs) * (product.use == ProductUse::kExperts ? product.used : 1);
  for (Product& known : load.products) {
    Product other = known;
    other.count = 0;
    if (other == product) {
      known.count += 1;
      return;
    }
  }
  load.products.push_back(product);
  load.products.back().count = 1;
}

}  // namespace

std::vector<PlaceLoad*> loads_at(int place, const Placement& placement, Workload& workload) {
  if (placement.is_beside_gpus(place)) return {&workload.host};
  if (workload.gpus.empty()) return {&workload.device};
  return {&workload.device, &workload.gpus[static_cast<std::size_t>(place)]};
}

void add_products(const Model& model, const std::vector<Tensor>& tensors, const Placement& placement,
                  const SpeedConstants& constants, Workload& workload) {
  for (const PlacedTensor& placed : place_tensors(model, tensors, placement)) {
    if (placed.use == TensorUse::kInput || placed.use == TensorUse::kConstant) continue;
    const Product product = product_of(placed, model, constants);
    if (placed.use != TensorUse::kHead && !is_matrix(*placed.tensor)) {
      for (PlaceLoad* load : loads_at(placed.place, placement, workload)) load->other_bytes += product.bytes;
      continue;
    }
    for (PlaceLoad* load : loads_at(placed.place, placement, workload)) {
      add(product, *load);
      if (product.use == ProductUse::kHead) load->vocabulary = product.outputs;
    }
  }
}

}  // namespace lfmfit::speed
