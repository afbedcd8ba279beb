#include <algorithm>

#include "core/llamacpp/placement.hpp"
#include "core/llamacpp/plain_types.hpp"
#include "core/model/blocks/block.hpp"
#include "core/speed/launch_count.hpp"
#include "core/speed/position_load.hpp"
#include "core/speed/weight_load.hpp"
#include "lfmfit/speed.hpp"

namespace lfmfit {

using namespace speed;

namespace {

bool is_measured(const LaunchCounts& counts, const SpeedConstants& constants) {
  for (std::size_t part = 0; part < kLaunchPartCount; ++part) {
    if (counts[part] > 0 && constants.launches[part].rows == 0) return false;
  }
  return true;
}

/// Where the host takes over or hands back, and both for a layer whose experts alone are on the host.
std::int64_t count_crossings(const Placement& placement) {
  const auto on_host = [&](int place) { return placement.is_beside_gpus(place); };
  const auto layers = static_cast<int>(placement.layers.size());
  std::int64_t crossings = 0;
  for (int layer = 0; layer < layers; ++layer) {
    const bool here = on_host(placement.layer_place(layer));
    const int next = layer + 1 < layers ? placement.layer_place(layer + 1) : placement.output;
    if (on_host(next) != here) ++crossings;
    if (on_host(placement.experts_place(layer)) != here) crossings += 2;
  }
  return crossings;
}

void add_caches(const Model& model, const Placement& placement, const CacheTypes& cache, Workload& workload) {
  const auto element_bytes = static_cast<double>(kF32.block_bytes);
  for (std::size_t layer = 0; layer < model.blocks.size(); ++layer) {
    const bool on_host = placement.is_beside_gpus(placement.cache_place(static_cast<int>(layer)));
    PlaceLoad& place = on_host ? workload.host : workload.device;
    for (const PositionLoad& load : position_loads(model.blocks[layer].mixer, cache)) add(place.positions, load);
    const StateRow state = state_row(model.blocks[layer], model);
    place.state_bytes += 2 * element_bytes * static_cast<double>(state.convolution + state.recurrence);
  }
}

}  // namespace

Workload count_work(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                    const CacheTypes& cache, bool cpu_backend, const SpeedConstants& constants) {
  const Placement placement = place_layers(model, request, cpu_backend);
  Workload workload;
  workload.layers = static_cast<std::int64_t>(model.blocks.size());
  workload.depth = request.depth.count();
  workload.ubatch = std::max<std::int64_t>(1, std::min(request.ubatch, request.batch));
  workload.generates = model.has_output;
  workload.op_offload = request.op_offload;
  add_weights(model, tensors, placement, constants, workload);
  add_caches(model, placement, cache, workload);
  workload.crossings = count_crossings(placement);
  const LaunchCounts counts = count_launches(model);
  workload.device.launches = total_launches(counts, constants);
  workload.measured = is_measured(counts, constants);
  return workload;
}

}  // namespace lfmfit
