#include "lfmfit/calibration.hpp"

#include <algorithm>
#include <cmath>

#include "core/speed/coefficient_fit.hpp"
#include "core/speed/laws.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

using namespace speed;

namespace {

const char* word_for(SpeedLawKind law) { return law == SpeedLawKind::kDecode ? "decode" : "prefill"; }

MeasuredTime measured_time(const MeasuredRun& run, const Rates& rates, const SpeedConstants& constants) {
  const PlaceLoad& place = run.workload.device;
  MeasuredTime time;
  if (run.law == SpeedLawKind::kDecode) {
    time.amounts = decode_amounts(place, run.workload.depth, 1, rates, constants);
    time.seconds = 1 / run.measured.value();
  } else {
    time.amounts = prefill_amounts(place, run.workload.depth, run.prompt, run.workload.ubatch, rates);
    time.seconds = static_cast<double>(run.prompt) / run.measured.value();
  }
  return time;
}

/// The constants to start from: those of the device's kind, not those of an earlier calibration.
const SpeedRow& base_row(const SpeedLaw& law, const SpeedTarget& target) {
  const SpeedRow& row = speed_row(law, target.backend.name, target.device);
  const bool calibrated = std::any_of(row.hardware.begin(), row.hardware.end(),
                                      [&](const HardwareMatch& match) { return match.device == target.device.id; });
  if (!calibrated) return row;
  const auto parent =
      std::find_if(law.rows.begin(), law.rows.end(), [&](const SpeedRow& other) { return other.id == row.parent; });
  return parent == law.rows.end() ? row : *parent;
}

double median_error(const std::vector<MeasuredTime>& times, const std::vector<double>& estimates) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < times.size(); ++i) errors.push_back(std::abs(times[i].seconds / estimates[i] - 1));
  const auto middle = errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2);
  std::nth_element(errors.begin(), middle, errors.end());
  return *middle;
}

std::vector<double> estimates_of(const std::vector<MeasuredTime>& times, const Coefficients& coefficients) {
  std::vector<double> estimates;
  for (const MeasuredTime& time : times) estimates.push_back(seconds(coefficients, time.amounts));
  return estimates;
}

std::vector<double> estimates_left_out(const std::vector<MeasuredTime>& times, const FitPrior& prior) {
  std::vector<double> estimates;
  for (std::size_t i = 0; i < times.size(); ++i) {
    std::vector<MeasuredTime> others = times;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    estimates.push_back(seconds(fit_coefficients(others, prior), times[i].amounts));
  }
  return estimates;
}

SpeedRow calibrated_row(const SpeedRow& base, SpeedLawKind law, const SpeedTarget& target) {
  SpeedRow row;
  row.id = std::string(word_for(law)) + "/" + target.backend.name + "/" + target.device.id + ", calibrated";
  row.label = target.device.name + ", calibrated";
  row.backend = target.backend.name;
  row.parent = base.id;
  row.hardware = {{"", {}, target.device.id}};
  row.prior.fill(1);
  return row;
}

}  // namespace

Calibration calibrate(SpeedLawKind kind, const std::vector<MeasuredRun>& runs, const SpeedTarget& target) {
  const SpeedLaw& law = kind == SpeedLawKind::kDecode ? target.constants.decode : target.constants.prefill;
  const Rates rates = device_rates(target, target.device);
  std::vector<MeasuredTime> times;
  for (const MeasuredRun& run : runs) {
    if (run.law == kind) times.push_back(measured_time(run, rates, target.constants));
  }
  if (times.empty())
    throw Error(ErrorKind::kBadRequest, std::string("there is no run of ") + word_for(kind) + " to calibrate with");
  const SpeedRow& base = base_row(law, target);
  const FitPrior prior{base.coefficients, law.relative_sd, law.lower_bound, law.noise};
  Calibration calibration;
  calibration.row = calibrated_row(base, kind, target);
  calibration.row.rows = static_cast<int>(times.size());
  calibration.row.coefficients = fit_coefficients(times, prior);
  const std::vector<double> before = estimates_of(times, base.coefficients);
  const std::vector<double> after = estimates_of(times, calibration.row.coefficients);
  std::size_t i = 0;
  for (const MeasuredRun& run : runs) {
    if (run.law != kind) continue;
    const double tokens = times[i].seconds * run.measured.value();
    calibration.runs.push_back({TokenRate(tokens / before[i]), TokenRate(tokens / after[i])});
    ++i;
  }
  calibration.error_before = median_error(times, before);
  calibration.error_after = median_error(times, after);
  calibration.error_left_out = median_error(times, estimates_left_out(times, prior));
  return calibration;
}

}  // namespace lfmfit
