#include "core/llamacpp/placement.hpp"

#include <algorithm>

namespace lfmfit {

namespace {

bool has_experts(const Block& block) { return std::holds_alternative<MixtureOfExperts>(block.feed_forward); }

/// The GPU of item `i` of `count` that are spread evenly: the first whose cumulative share exceeds i / count, compared
/// in single precision as llama.cpp does.
int spread_evenly(std::int64_t i, std::int64_t count, int gpus) {
  const float share = static_cast<float>(i) / static_cast<float>(count);
  int gpu = 0;
  while (gpu + 1 < gpus && share >= static_cast<float>(gpu + 1) / static_cast<float>(gpus)) ++gpu;
  return gpu;
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

Placement place_layers(const Model& model, const Request& request, bool cpu_backend) {
  const auto layer_count = static_cast<std::int64_t>(model.blocks.size());
  Placement placement;
  placement.gpu_count = cpu_backend ? 0 : static_cast<int>(request.gpu_count);
  placement.offload_kqv = request.offload_kqv;
  const std::int64_t everything = layer_count + 1;
  const std::int64_t wanted = request.gpu_layers < 0 ? everything : std::min(request.gpu_layers, everything);
  const std::int64_t offloaded = cpu_backend ? 0 : wanted;
  const std::int64_t first = everything - offloaded;
  const auto place = [&](std::int64_t i) {
    return i < first ? placement.host() : spread_evenly(i - first, offloaded, placement.gpu_count);
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
