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
    const StateRow state = state_row(model.blocks[layer], model);
    for (PlaceLoad* place : loads_at(placement.cache_place(static_cast<int>(layer)), placement, workload)) {
      for (const PositionLoad& load : position_loads(model.blocks[layer].mixer, cache)) add(place->positions, load);
      place->state_bytes += 2 * element_bytes * static_cast<double>(state.convolution + state.recurrence);
    }
  }
}

/// `share` of all that `load` is.
PlaceLoad part_of(PlaceLoad load, double share) {
  for (double* amount : {&load.dense_bytes, &load.dense_parameters, &load.dense_operations, &load.expert_parameters,
                         &load.expert_operations, &load.activations, &load.state_bytes})
    *amount *= share;
  for (ExpertLoad& experts : load.experts) {
    experts.bytes *= share;
    experts.parameters *= share;
  }
  for (PositionLoad& positions : load.positions) {
    positions.bytes *= share;
    positions.operations *= share;
  }
  return load;
}

/// GPUs that share each layer launch all of its kernels, and have a part of everything else.
void share_tensors(const std::vector<float>& shares, Workload& workload) {
  float before = 0;
  for (std::size_t gpu = 0; gpu < shares.size(); ++gpu) {
    workload.gpus[gpu] = part_of(workload.device, shares[gpu] - before);
    before = shares[gpu];
  }
}

/// Each GPU launches the kernels of its layers.
void share_launches(const Placement& placement, Workload& workload) {
  const auto count_on = [&](const auto& holds) {
    return static_cast<double>(std::count_if(placement.layers.begin(), placement.layers.end(), holds));
  };
  const double all = count_on([&](int place) { return place != placement.host(); });
  for (std::size_t gpu = 0; gpu < workload.gpus.size() && all > 0; ++gpu) {
    const double own = count_on([&](int place) { return place == static_cast<int>(gpu); });
    workload.gpus[gpu].launches = workload.device.launches * own / all;
  }
}

}  // namespace

Workload count_work(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                    const CacheTypes& cache, bool cpu_backend, const SpeedConstants& constants,
                    const std::vector<Bytes>& free) {
  const Placement placement = place_layers(model, request, cpu_backend, free);
  Workload workload;
  if (placement.gpu_count > 1) workload.gpus.resize(static_cast<std::size_t>(placement.gpu_count));
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
  if (request.split_mode == SplitMode::kTensor && placement.gpu_count > 1) {
    share_tensors(cumulative_shares(request, placement.gpu_count, free), workload);
  } else {
    share_launches(placement, workload);
  }
  return workload;
}

}  // namespace lfmfit
