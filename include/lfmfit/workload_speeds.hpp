// Several speeds of one workload on one target, whose common part is worked out once.
#pragma once

#include <cstdint>
#include <memory>

#include "lfmfit/speed.hpp"

namespace lfmfit {

/// What speed.hpp says of a workload and a target, figure by figure. Equal to what the functions there say.
class WorkloadSpeeds {
 public:
  /// Both must outlive it. Throws Error(kUnsupported) like estimate_decode where the target's rates are not known.
  WorkloadSpeeds(const Workload& workload, const SpeedTarget& target);
  ~WorkloadSpeeds();
  WorkloadSpeeds(const WorkloadSpeeds&) = delete;
  WorkloadSpeeds& operator=(const WorkloadSpeeds&) = delete;

  /// estimate_decode of `sequences` requests together. Throws like it.
  SpeedEstimate decode(std::int64_t sequences = 1) const;
  /// decode_rate of one request behind `depth` tokens instead of the workload's. Throws like it.
  TokenRate decode_rate_at(std::int64_t depth) const;
  /// estimate_prefill. Throws like it.
  SpeedEstimate prefill() const;

 private:
  const Workload& workload_;
  const SpeedTarget& target_;
  struct Shared;
  std::unique_ptr<const Shared> shared_;
};

}  // namespace lfmfit
