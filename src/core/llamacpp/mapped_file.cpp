#include "core/llamacpp/mapped_file.hpp"

#include <algorithm>
#include <unordered_map>

#include "core/base/limits.hpp"
#include "lfmfit/quantization.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kFileAlignment = 32;  // general.alignment of files that do not say otherwise

Bytes in_file(const Tensor& tensor) {
  return Bytes(round_up(tensor_bytes(tensor.shape, *tensor.stored).count(), kFileAlignment));
}

/// As in a file that was read; else as converters write them: the output layer's matrix and the embedding before the
/// layers, all else that belongs to no layer behind them.
std::vector<const Tensor*> in_order(const Model& model, const std::vector<Tensor>& tensors) {
  std::vector<const Tensor*> order;
  for (const Tensor& tensor : tensors) order.push_back(&tensor);
  if (!model.file_tensors.empty()) return order;
  std::stable_partition(order.begin(), order.end(),
                        [](const Tensor* tensor) { return tensor->layer >= 0 || is_input_tensor(*tensor); });
  std::stable_partition(order.begin(), order.end(), [](const Tensor* tensor) { return is_input_tensor(*tensor); });
  std::stable_partition(order.begin(), order.end(),
                        [](const Tensor* tensor) { return tensor->name == "output.weight"; });
  return order;
}

}  // namespace

MappedSpan mapped_span(const Model& model, const std::vector<Tensor>& tensors, const std::vector<PlacedTensor>& placed,
                       const Placement& placement) {
  struct Places {
    bool gpu = false, host = false;
  };
  std::unordered_map<const Tensor*, Places> places;
  for (const PlacedTensor& one : placed) {
    Places& here = places[one.tensor];
    (one.place == placement.host() ? here.host : here.gpu) = true;
  }
  const std::vector<const Tensor*> order = in_order(model, tensors);
  const auto on_gpu = [&](const Tensor* tensor) { return places[tensor].gpu; };
  const auto first = std::find_if(order.begin(), order.end(), on_gpu);
  const auto last = std::find_if(order.rbegin(), order.rend(), on_gpu).base();
  MappedSpan span;
  for (auto it = first; it < last; ++it) {
    span.bytes += in_file(**it);
    if (places[*it].host) span.also_on_host += in_file(**it);
  }
  return span;
}

}  // namespace lfmfit
