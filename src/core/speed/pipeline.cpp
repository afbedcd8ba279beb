#include "core/speed/pipeline.hpp"

#include <algorithm>

namespace lfmfit::speed {

namespace {

/// llama.cpp keeps several micro-batches under way where all that it computes lies on GPUs that tell each other when
/// they are done.
bool is_pipelined(const Workload& workload, const SpeedTarget& target) {
  const auto& backends = target.constants.assumptions.pipelined;
  return target.gpu_count > 1 && target.split_mode == SplitMode::kLayer && workload.is_on_gpus_alone() &&
         std::find(backends.begin(), backends.end(), target.backend.name) != backends.end();
}

}  // namespace

double pipelined_share(const Workload& workload, const SpeedTarget& target, const Columns& middle, double batches) {
  if (batches <= 1 || !is_pipelined(workload, target)) return 1;
  double slowest = 0, sum = 0;
  for (std::size_t i = 0; i < workload.gpus.size(); ++i) {
    const Card card = card_of(target, gpu_of(target.device, static_cast<int>(i)));
    const double seconds = pass_time(workload.gpus[i], middle, card, target.constants).seconds();
    slowest = std::max(slowest, seconds);
    sum += seconds;
  }
  if (sum <= 0) return 1;
  return 1 - target.constants.assumptions.pipeline_hidden * (1 - 1 / batches) * (1 - slowest / sum);
}

}  // namespace lfmfit::speed
