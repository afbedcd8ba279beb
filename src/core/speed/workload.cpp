#include <algorithm>

#include "core/speed/launch_count.hpp"
#include "core/speed/position_load.hpp"
#include "core/speed/weight_load.hpp"
#include "lfmfit/speed.hpp"

namespace lfmfit {

namespace {

bool is_measured(const LaunchCounts& counts, const SpeedConstants& constants) {
  for (std::size_t part = 0; part < kLaunchPartCount; ++part) {
    if (counts[part] > 0 && constants.launches[part].rows == 0) return false;
  }
  return true;
}

/// Each run of layers on one side costs a crossing there and one back; experts on the host cost both in their layer.
std::int64_t count_crossings(const Model& model, const Request& request) {
  std::int64_t crossings = 0;
  bool on_host = true;  // tokens start on the host, and copying the first embeddings belongs to launching
  const auto layers = static_cast<std::int64_t>(model.blocks.size());
  for (std::int64_t layer = 0; layer <= layers; ++layer) {
    const bool here = layer_on_host(model, request, layer);
    if (here != on_host && layer > 0) ++crossings;
    on_host = here;
    if (here || layer == layers) continue;
    const Block& block = model.blocks[static_cast<std::size_t>(layer)];
    if (std::holds_alternative<MixtureOfExperts>(block.feed_forward) && experts_on_host(model, request, layer)) crossings += 2;
  }
  return crossings;
}

void add_positions(const Model& model, const Request& request, const CacheTypes& cache, Workload& workload) {
  for (std::size_t layer = 0; layer < model.blocks.size(); ++layer) {
    const bool host = !request.offload_kqv || layer_on_host(model, request, static_cast<std::int64_t>(layer));
    for (const PositionLoad& load : position_loads(model.blocks[layer].mixer, cache)) {
      add(host ? workload.host.positions : workload.device.positions, load);
    }
  }
}

}  // namespace

Workload count_work(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                    const CacheTypes& cache, bool cpu_backend, const SpeedConstants& constants) {
  Request placed = request;
  if (cpu_backend) {
    placed.gpu_layers = -1;
    placed.cpu_moe = false;
    placed.n_cpu_moe = 0;
    placed.offload_kqv = true;
  }
  Workload workload;
  workload.layers = static_cast<std::int64_t>(model.blocks.size());
  workload.depth = request.depth.count();
  workload.ubatch = std::max<std::int64_t>(1, std::min(request.ubatch, request.batch));
  workload.generates = model.has_output;
  workload.op_offload = request.op_offload;
  add_weights(model, tensors, placed, false, constants, workload.device);
  add_weights(model, tensors, placed, true, constants, workload.host);
  add_positions(model, placed, cache, workload);
  workload.crossings = count_crossings(model, placed);
  const LaunchCounts counts = count_launches(model);
  workload.device.launches = total_launches(counts, constants);
  workload.measured = is_measured(counts, constants);
  return workload;
}

}  // namespace lfmfit
