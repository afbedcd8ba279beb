// One machine's own speeds: constants fitted to what was measured on it.
#pragma once

#include <string>
#include <vector>

#include "lfmfit/speed.hpp"

namespace lfmfit {

/// A speed that was measured on the device to be calibrated.
struct MeasuredRun {
  SpeedQuestion question = SpeedQuestion::kDecode;
  Workload workload;          ///< with depth, prompt and micro-batch of the run; nothing of it on the host
  std::int64_t requests = 1;  ///< together (throughput)
  TokenRate measured;
};

/// What the law says of a run, as tokens per second.
struct CalibratedRun {
  TokenRate before, after;
};

/// Constants for one device.
struct Calibration {
  SpeedRow row;                     ///< to be put behind the rows known so far
  std::vector<CalibratedRun> runs;  ///< in the order of the runs
  double error_before = 0;          ///< median of |estimate - measured| / measured, with the constants known so far
  double error_after = 0;           ///< the same with `row`
  double error_left_out = 0;        ///< the same, each run estimated from a fit to runs without it

  /// Whether runs that the fit has not seen are estimated better than before: else the runs say nothing that holds
  /// beyond them, and the row should not be used.
  bool improves() const { return error_left_out < 0.98 * error_before; }
};

/// Fits the constants for the device and backend of `target` to `runs`, at least one. The fit starts from the constants
/// of the device's kind and leaves them only as far as the runs are worth: a handful of runs moves what they depend on
/// most, and what they do not touch stays. Throws Error(kUnsupported) like estimate_decode, and Error(kBadRequest)
/// without runs.
Calibration calibrate(const std::vector<MeasuredRun>& runs, const SpeedTarget& target);

}  // namespace lfmfit
