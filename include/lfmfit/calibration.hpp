// One machine's own speeds: constants fitted to what was measured on it.
#pragma once

#include <string>
#include <vector>

#include "lfmfit/speed.hpp"

namespace lfmfit {

/// A speed that was measured on the device to be calibrated.
struct MeasuredRun {
  SpeedLawKind law = SpeedLawKind::kDecode;
  Workload workload;        ///< with the depth and micro-batch of the run; nothing of it on the host
  std::int64_t prompt = 0;  ///< tokens of the prompt (prefill)
  TokenRate measured;
};

/// What a law says of a run, as tokens per second.
struct CalibratedRun {
  TokenRate before, after;
};

/// Constants of one law for one device.
struct Calibration {
  SpeedRow row;                     ///< to be put behind the rows of the law
  std::vector<CalibratedRun> runs;  ///< in the order of the runs
  double error_before = 0;          ///< median of |estimate - measured| / measured, with the constants known so far
  double error_after = 0;           ///< the same with `row`
  double error_left_out = 0;        ///< the same, each run estimated from a fit to the others

  /// Whether a run that the fit has not seen is estimated better than before: else the runs say nothing that holds
  /// beyond them, and the row should not be used.
  bool improves() const { return error_left_out < 0.98 * error_before; }
};

/// Fits the constants of `law` for the device and backend of `target` to the runs of that law, at least one. The fit
/// starts from the constants known so far and leaves them only as far as the runs are worth, so that a handful of runs
/// moves an overall factor rather than single constants. Throws Error(kUnsupported) like estimate_decode, and
/// Error(kBadRequest) when `runs` holds none of that law.
Calibration calibrate(SpeedLawKind law, const std::vector<MeasuredRun>& runs, const SpeedTarget& target);

}  // namespace lfmfit
