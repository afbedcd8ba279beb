#include "core/llamacpp/mapped_file.hpp"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <unordered_set>

#include "core/base/limits.hpp"
#include "lfmfit/quantization.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kFileAlignment = 32;  // general.alignment of files that do not say otherwise

Bytes in_file(const Tensor& tensor) {
  return Bytes(round_up(tensor_bytes(tensor.shape, *tensor.stored).count(), kFileAlignment));
}

/// As in a file that was read; else as llama-quantize writes them: by layer, what belongs to none first, then by name.
std::vector<const Tensor*> in_order(const Model& model, const std::vector<Tensor>& tensors) {
  std::vector<const Tensor*> order;
  for (const Tensor& tensor : tensors) order.push_back(&tensor);
  if (!model.file_tensors.empty()) return order;
  std::sort(order.begin(), order.end(),
            [](const Tensor* a, const Tensor* b) { return std::tie(a->layer, a->name) < std::tie(b->layer, b->name); });
  return order;
}

/// Positions in the order of the file.
struct Span {
  std::size_t first = 0, end = 0;

  void add(std::size_t position) {
    if (end == 0) first = position;
    end = position + 1;
  }
  bool has(std::size_t position) const { return first <= position && position < end; }
};

}  // namespace

MappedSpans mapped_spans(const Model& model, const std::vector<Tensor>& tensors,
                         const std::vector<PlacedTensor>& placed, const Placement& placement) {
  std::unordered_set<const Tensor*> on_gpu, on_host;
  for (const PlacedTensor& one : placed) (one.place == placement.host() ? on_host : on_gpu).insert(one.tensor);
  const std::vector<const Tensor*> order = in_order(model, tensors);
  Span gpu, host;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (on_gpu.contains(order[i])) gpu.add(i);
    if (on_host.contains(order[i])) host.add(i);
  }
  MappedSpans spans;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Bytes bytes = in_file(*order[i]);
    if (gpu.has(i)) spans.gpu += bytes;
    if (host.has(i)) spans.host += bytes;
    if (gpu.has(i) && host.has(i)) spans.both += bytes;
  }
  return spans;
}

}  // namespace lfmfit
