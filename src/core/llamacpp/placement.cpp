#include "core/llamacpp/placement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/model/tensor_names.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

bool has_experts(const Block& block) { return std::holds_alternative<MixtureOfExperts>(block.feed_forward); }

/// The GPU of item `i` of `count`: the first whose cumulative share exceeds i / count.
int gpu_of_item(std::int64_t i, std::int64_t count, const std::vector<float>& shares) {
  const float reached = static_cast<float>(i) / static_cast<float>(count);
  return static_cast<int>(std::upper_bound(shares.begin(), shares.end(), reached) - shares.begin());
}

std::vector<float> proportions(const Request& request, std::size_t gpus, const std::vector<Bytes>& free) {
  std::vector<float> result(gpus, 0.0F);
  if (request.split_mode == SplitMode::kNone) {
    result[std::min(static_cast<std::size_t>(request.main_gpu), gpus - 1)] = 1;
  } else if (!request.tensor_split.empty()) {
    const std::size_t named = std::min(gpus, request.tensor_split.size());
    std::transform(request.tensor_split.begin(), request.tensor_split.begin() + static_cast<std::ptrdiff_t>(named),
                   result.begin(), [](double part) { return static_cast<float>(part); });
  } else if (free.size() == gpus) {
    std::transform(free.begin(), free.end(), result.begin(),
                   [](Bytes bytes) { return static_cast<float>(bytes.count()); });
  }
  const bool none = std::all_of(result.begin(), result.end(), [](float part) { return part == 0; });
  return none ? std::vector<float>(gpus, 1.0F) : result;
}

/// Whether `part` of its layer is what `tensor` is of: the patterns of common/fit.cpp.
bool is_of(LayerPart part, const Tensor& tensor) {
  const auto starts = [&](const char* with) { return tensor.name.starts_with(with); };
  switch (part) {
    case LayerPart::kExperts: return is_of_experts(tensor);
    case LayerPart::kFeedForward: return starts("ffn_gate") || starts("ffn_up") || starts("ffn_down");
    case LayerPart::kGatesAndDowns: return starts("ffn_gate") || starts("ffn_down");
    case LayerPart::kDowns: return starts("ffn_down");
  }
  return false;
}

int checked_place(const TensorOverride& moved, const Placement& placement) {
  if (moved.place == kHost) return placement.host();
  if (moved.place >= placement.gpu_count) {
    throw Error(ErrorKind::kBadRequest, fmt::format("'{}' is to lie on GPU {}, and GPUs are counted from 0 to {} here",
                                                    moved.pattern, moved.place, placement.gpu_count - 1));
  }
  for (const TensorName& name : moved.tensors) {
    if (!is_input_tensor(Tensor{name.name, name.layer, {1, 1, 1, 1}, nullptr})) continue;
    throw Error(ErrorKind::kUnsupported,
                fmt::format("'{}' moves {} to a GPU, and what llama.cpp then computes where is not known; write a "
                            "pattern that leaves it out",
                            moved.pattern, name.name));
  }
  return moved.place;
}

void add_overrides(const Request& request, Placement& placement) {
  for (const TensorOverride& moved : request.overrides) {
    const int place = checked_place(moved, placement);
    for (const TensorName& name : moved.tensors) placement.moved.push_back({name, place});
  }
  std::sort(placement.moved.begin(), placement.moved.end(),
            [](const MovedTensor& a, const MovedTensor& b) { return a.name < b.name; });
}

void add_overflows(const Request& request, Placement& placement) {
  for (const Overflow& overflow : request.overflows) {
    const int place = overflow.place == kHost ? placement.host() : overflow.place;
    const bool is_as_others = overflow.part == LayerPart::kExperts && overflow.place == kHost;
    if (!is_as_others) placement.partly_moved.push_back({static_cast<int>(overflow.first), overflow.part, place});
  }
}

/// Whether all experts of layer `i` are to lie in host memory.
bool leaves_experts(const Request& request, std::int64_t i) {
  const auto holds = [i](const Overflow& overflow) {
    const bool first_differs = overflow.part != LayerPart::kExperts || overflow.place != kHost;
    return overflow.first + (first_differs ? 1 : 0) <= i && i < overflow.end;
  };
  return request.cpu_moe || i < request.n_cpu_moe ||
         std::any_of(request.overflows.begin(), request.overflows.end(), holds);
}

}  // namespace

std::optional<int> Placement::moved_place(const Tensor& tensor) const {
  if (!moved.empty()) {
    const auto before = [&](const MovedTensor& one, const Tensor& other) {
      return one.name.layer != other.layer ? one.name.layer < other.layer : one.name.name < other.name;
    };
    const auto found = std::lower_bound(moved.begin(), moved.end(), tensor, before);
    if (found != moved.end() && found->name.layer == tensor.layer && found->name.name == tensor.name)
      return found->place;
  }
  if (tensor.layer < 0) return std::nullopt;
  for (const PartlyMoved& partly : partly_moved) {
    if (partly.layer == tensor.layer && is_of(partly.part, tensor)) return partly.place;
  }
  const auto layer = static_cast<std::size_t>(tensor.layer);
  if (leaves_scan(layer) && is_scan_parameter(tensor)) return host();
  if (experts_on_host[layer] && is_of_experts(tensor)) return host();
  return std::nullopt;
}

bool Placement::lie_alike(std::size_t a, std::size_t b) const {
  return layers[a] == layers[b] && experts_on_host[a] == experts_on_host[b] && leaves_scan(a) == leaves_scan(b);
}

int Placement::experts_place(int layer) const {
  for (const PartlyMoved& partly : partly_moved) {
    if (partly.layer == layer) return partly.place;
  }
  int place = experts_on_host[static_cast<std::size_t>(layer)] ? host() : layer_place(layer);
  const auto before = [](const MovedTensor& one, int other) { return one.name.layer < other; };
  auto tensor = std::lower_bound(moved.begin(), moved.end(), layer, before);
  for (; tensor != moved.end() && tensor->name.layer == layer; ++tensor) {
    const bool is_matrix =
        tensor->name.name.find("norm") == std::string::npos && tensor->name.name.ends_with(".weight");
    if (is_matrix && tensor->place != layer_place(layer)) place = tensor->place;
  }
  return place;
}

bool Placement::layers_on_gpus() const {
  return std::all_of(layers.begin(), layers.end(), [this](int place) { return place != host(); });
}

bool Placement::everything_offloaded() const { return output != host() && layers_on_gpus(); }

bool Placement::is_one_place() const {
  const auto with_output = [this](int place) { return place == output; };
  const bool experts_moved = std::find(experts_on_host.begin(), experts_on_host.end(), true) != experts_on_host.end();
  return std::all_of(layers.begin(), layers.end(), with_output) && moved.empty() && partly_moved.empty() &&
         (output == host() || (offload_kqv && !experts_moved));
}

bool Placement::leaves_layers_on_host() const { return gpu_count > 0 && (!everything_offloaded() || !offload_kqv); }

std::vector<float> cumulative_shares(const Request& request, int gpus, const std::vector<Bytes>& free) {
  std::vector<float> shares = proportions(request, static_cast<std::size_t>(gpus), free);
  float sum = 0;
  for (float& share : shares) share = sum += share;
  for (float& share : shares) share /= sum;
  return shares;
}

Placement place_layers(const Model& model, const Request& request, bool cpu_backend, const std::vector<Bytes>& free) {
  const auto layer_count = static_cast<std::int64_t>(model.blocks.size());
  Placement placement;
  placement.gpu_count = cpu_backend ? 0 : static_cast<int>(request.gpu_count);
  placement.offload_kqv = request.offload_kqv;
  const std::int64_t everything = layer_count + 1;
  const std::int64_t wanted = request.gpu_layers < 0 ? everything : std::min(request.gpu_layers, everything);
  const std::int64_t offloaded = cpu_backend ? 0 : wanted;
  const std::int64_t first = everything - offloaded;
  const std::vector<float> shares =
      placement.gpu_count == 0 ? std::vector<float>() : cumulative_shares(request, placement.gpu_count, free);
  const auto place = [&](std::int64_t i) {
    return i < first ? placement.host() : gpu_of_item(i - first, offloaded, shares);
  };
  for (std::int64_t i = 0; i < layer_count; ++i) {
    placement.layers.push_back(place(i));
    placement.experts_on_host.push_back(leaves_experts(request, i) &&
                                        has_experts(model.blocks[static_cast<std::size_t>(i)]));
  }
  placement.output = place(layer_count);
  placement.has_overrides =
      request.cpu_moe || request.n_cpu_moe > 0 || !request.overrides.empty() || !request.overflows.empty();
  if (placement.gpu_count == 0) return placement;
  add_overrides(request, placement);
  add_overflows(request, placement);
  return placement;
}

void leave_scans_on_host(const Model& model, const BackendTraits& traits, Placement& placement) {
  if (placement.gpu_count == 0 || traits.state_sizes.empty()) return;
  for (const Block& block : model.blocks) {
    const auto* scan = std::get_if<StateSpace>(&block.mixer);
    if (const auto* both = std::get_if<ParallelMixer>(&block.mixer)) scan = &both->state_space;
    const std::vector<std::int64_t>& sizes = traits.state_sizes;
    placement.scans_on_host.push_back(
        scan != nullptr && (scan->version == 1 || std::find(sizes.begin(), sizes.end(), scan->d_state) == sizes.end()));
  }
}

}  // namespace lfmfit
