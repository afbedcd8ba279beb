#include "core/llamacpp/placement.hpp"

#include <algorithm>

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

}  // namespace

bool Placement::layers_on_gpus() const {
  return std::all_of(layers.begin(), layers.end(), [this](int place) { return place != host(); });
}

bool Placement::everything_offloaded() const { return output != host() && layers_on_gpus(); }

bool Placement::is_one_place() const {
  const auto with_output = [this](int place) { return place == output; };
  const bool experts_moved = std::find(experts_on_host.begin(), experts_on_host.end(), true) != experts_on_host.end();
  return std::all_of(layers.begin(), layers.end(), with_output) &&
         (output == host() || (offload_kqv && !experts_moved));
}

bool Placement::leaves_parts_on_host() const {
  const bool experts_stay = std::find(experts_on_host.begin(), experts_on_host.end(), true) != experts_on_host.end();
  return gpu_count > 0 && (!everything_offloaded() || !offload_kqv || experts_stay);
}

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
    const bool experts_stay = request.cpu_moe || i < request.n_cpu_moe;
    placement.layers.push_back(place(i));
    placement.experts_on_host.push_back(experts_stay && has_experts(model.blocks[static_cast<std::size_t>(i)]));
  }
  placement.output = place(layer_count);
  return placement;
}

}  // namespace lfmfit
