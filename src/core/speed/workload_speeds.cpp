#include "lfmfit/workload_speeds.hpp"

#include "core/speed/workers.hpp"

namespace lfmfit {

/// What every figure needs.
struct WorkloadSpeeds::Shared {
  speed::Workers workers;
};

WorkloadSpeeds::WorkloadSpeeds(const Workload& workload, const SpeedTarget& target)
    : workload_(workload),
      target_(target),
      shared_(std::make_unique<const Shared>(Shared{speed::workers_of(workload, target)})) {}

WorkloadSpeeds::~WorkloadSpeeds() = default;

SpeedEstimate WorkloadSpeeds::decode(std::int64_t sequences) const {
  return speed::estimate_decode(workload_, target_, shared_->workers, sequences);
}

TokenRate WorkloadSpeeds::decode_rate_at(std::int64_t depth) const {
  Workload deeper = workload_;
  deeper.depth = depth;
  return speed::decode_rate(deeper, target_, shared_->workers, 1);
}

SpeedEstimate WorkloadSpeeds::prefill() const { return speed::estimate_prefill(workload_, target_, shared_->workers); }

}  // namespace lfmfit
