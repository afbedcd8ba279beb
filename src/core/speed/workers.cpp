#include "core/speed/workers.hpp"

namespace lfmfit::speed {

Workers workers_of(const Workload& workload, const SpeedTarget& target) {
  Workers workers;
  if (target.backend.is_cpu)
    workers.processor = processor_of(target);
  else
    workers.parts = gpu_parts(workload, target);
  return workers;
}

}  // namespace lfmfit::speed
