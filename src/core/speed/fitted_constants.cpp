#include "core/speed/fitted_constants.hpp"

#include <cmath>

namespace lfmfit::speed {

namespace {

constexpr double kStep = 0.01;

}  // namespace

double usual_deviation(Coefficient coefficient) {
  switch (coefficient) {
    case Coefficient::kDenseRead:
    case Coefficient::kFloatRead: return 0.06;
    case Coefficient::kExpertRead: return 0.15;
    case Coefficient::kVectorPlain:
    case Coefficient::kVectorSix:
    case Coefficient::kVectorLow:
    case Coefficient::kTileMinima:
    case Coefficient::kTileSixteen:
    case Coefficient::kTileFp4:
    case Coefficient::kBf16Work:
    case Coefficient::kBf16ExpertRead:
    case Coefficient::kVectorColumn: return 0.15;
    case Coefficient::kVectorStart:
    case Coefficient::kCacheRead: return 0.2;
    case Coefficient::kTileStart:
    case Coefficient::kTileColumn:
    case Coefficient::kTileExperts:
    case Coefficient::kTileFill:
    case Coefficient::kSmallBatch:
    case Coefficient::kFloatWork:
    case Coefficient::kLaunchUs:
    case Coefficient::kLaunchCoreUs:
    case Coefficient::kStateSpace:
    case Coefficient::kDeltaNet:
    case Coefficient::kActivation:
    case Coefficient::kVectorFloat: return 0.25;
    case Coefficient::kAttentionHeads:
    case Coefficient::kAttentionBatch:
    case Coefficient::kAttentionPrompt: return 0.35;
    default: return 0;  // of the host, or seldom seen: measurements of one kind of hardware do not decide them
  }
}

const std::vector<Coefficient>& fitted_coefficients() {
  static const std::vector<Coefficient> fitted = [] {
    std::vector<Coefficient> result;
    for (std::size_t i = 0; i < kCoefficientCount; ++i) {
      if (usual_deviation(static_cast<Coefficient>(i)) > 0) result.push_back(static_cast<Coefficient>(i));
    }
    return result;
  }();
  return fitted;
}

double measured_seconds(const MeasuredRun& run) {
  switch (run.question) {
    case SpeedQuestion::kPrefill: return static_cast<double>(run.workload.prompt) / run.measured.value();
    case SpeedQuestion::kThroughput: return static_cast<double>(run.requests) / run.measured.value();
    case SpeedQuestion::kDecode: break;
  }
  return 1 / run.measured.value();
}

double seconds_of(const MeasuredRun& run, const SpeedTarget& target) {
  if (run.question == SpeedQuestion::kPrefill) return prefill_time(run.workload, target).value();
  return static_cast<double>(run.requests) / decode_rate(run.workload, target, run.requests).value();
}

std::vector<double> slopes_of(const MeasuredRun& run, const SpeedTarget& target, SpeedRow& row) {
  const double usual = seconds_of(run, target);
  std::vector<double> slopes;
  for (const Coefficient coefficient : fitted_coefficients()) {
    double& constant = row.coefficients[static_cast<std::size_t>(coefficient)];
    const double before = constant;
    constant *= 1 + kStep;
    slopes.push_back(before > 0 ? std::log(seconds_of(run, target) / usual) / std::log1p(kStep) : 0);
    constant = before;
  }
  return slopes;
}

}  // namespace lfmfit::speed
