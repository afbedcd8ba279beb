#include "lfmfit/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/speed/factor_fit.hpp"
#include "core/speed/fitted_constants.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

using namespace speed;

namespace {

constexpr double kNoise = 0.05;  // of measurements on one machine under equal conditions
constexpr double kFree = 1.5;    // one machine differs from its kind by more than kinds do
constexpr std::size_t kFewestFolds = 2, kMostFolds = 10;
constexpr std::size_t kFoldedRuns = 5'000;  // more are left out in larger parts: each fold is a fit of all the others

/// The device's own row, of an earlier calibration; null: there is none.
const SpeedRow* earlier_row(const SpeedTarget& target) {
  const SpeedRow& row = speed_row(target.constants, target.backend.name, target.device);
  const bool calibrated = std::any_of(row.hardware.begin(), row.hardware.end(),
                                      [&](const HardwareMatch& match) { return match.device == target.device.id; });
  return calibrated ? &row : nullptr;
}

/// The row to start from: that of the device's kind, not that of an earlier calibration.
const SpeedRow& base_row(const SpeedTarget& target) {
  const auto& rows = target.constants.rows;
  const SpeedRow* earlier = earlier_row(target);
  if (earlier == nullptr) return speed_row(target.constants, target.backend.name, target.device);
  const auto parent =
      std::find_if(rows.begin(), rows.end(), [&](const SpeedRow& other) { return other.id == earlier->parent; });
  return parent == rows.end() ? *earlier : *parent;
}

/// Of an earlier calibration what it measured and `runs` do not: prompts, where this is about decoding. Null: nothing.
const SpeedRow* kept_row(const std::vector<MeasuredRun>& runs, const SpeedTarget& target) {
  const SpeedRow* earlier = earlier_row(target);
  if (earlier == nullptr || &base_row(target) == earlier) return nullptr;
  for (std::size_t q = 0; q < kSpeedQuestionCount; ++q) {
    const bool again = std::any_of(runs.begin(), runs.end(),
                                   [q](const MeasuredRun& run) { return static_cast<std::size_t>(run.question) == q; });
    if (earlier->rows[q] > 0 && !again) return earlier;
  }
  return nullptr;
}

/// A device's own row behind those of `constants`. What an earlier calibration found and `runs` do not measure again
/// stays in it: its factors are where the fit starts.
class OwnRow {
 public:
  OwnRow(const std::vector<MeasuredRun>& runs, const SpeedTarget& target)
      : constants_(target.constants), target_(target) {
    const SpeedRow& base = base_row(target);
    SpeedRow row;
    row.id = target.backend.name + "/" + target.device.id + ", calibrated";
    row.label = target.device.name + ", calibrated";
    row.backend = target.backend.name;
    row.parent = base.id;
    row.hardware.emplace_back().device = target.device.id;
    row.factors.fill(1);
    if (const SpeedRow* kept = kept_row(runs, target)) {
      row.factors = kept->factors;
      row.stated = kept->stated;
      row.rows = kept->rows;
    }
    for (const MeasuredRun& run : runs) row.rows[static_cast<std::size_t>(run.question)] = 0;
    row.kernels = base.kernels;
    row.bands = base.bands;
    kept_ = row;
    for (std::size_t c = 0; c < kCoefficientCount; ++c)
      row.coefficients[c] = kept_.coefficients[c] = base.coefficients[c] * row.factors[c];
    std::erase_if(constants_.rows, [&](const SpeedRow& other) { return other.id == row.id; });
    constants_.rows.push_back(std::move(row));
  }

  SpeedRow& row() { return constants_.rows.back(); }
  SpeedTarget target() const {
    return {target_.device, target_.backend, constants_, 1, SplitMode::kLayer, false, target_.host};
  }

  void set(const std::vector<double>& logarithms) {
    const auto& fitted = fitted_coefficients();
    for (std::size_t i = 0; i < fitted.size(); ++i) {
      const auto c = static_cast<std::size_t>(fitted[i]);
      const double factor = std::exp(logarithms[i]);
      row().factors[c] = kept_.factors[c] * factor;
      row().stated[c] = kept_.stated[c] || std::abs(logarithms[i]) > 1e-3;
      row().coefficients[c] = kept_.coefficients[c] * factor;
    }
  }

  std::vector<double> fit(const std::vector<const MeasuredRun*>& runs) {
    std::vector<FitParameter> parameters;
    for (const Coefficient coefficient : fitted_coefficients())
      parameters.push_back({kFree * usual_deviation(coefficient), 0, 0});
    const auto model = [&](const std::vector<double>& logarithms, bool) {
      set(logarithms);
      std::vector<FitRow> rows;
      for (const MeasuredRun* run : runs) rows.push_back(row_of(*run));
      return rows;
    };
    return fit_factors(parameters, model, kNoise);
  }

 private:
  FitRow row_of(const MeasuredRun& run) {
    FitRow fit_row;
    fit_row.error = std::log(seconds_of(run, target()) / measured_seconds(run));
    const std::vector<double> slopes = slopes_of(run, target(), row());
    for (std::size_t i = 0; i < slopes.size(); ++i) {
      if (slopes[i] != 0) fit_row.slopes.emplace_back(i, slopes[i]);
    }
    return fit_row;
  }

  SpeedConstants constants_;
  const SpeedTarget& target_;
  SpeedRow kept_;  ///< what the fit starts from
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double error_of(const MeasuredRun& run, double seconds) { return std::abs(measured_seconds(run) / seconds - 1); }

/// Which fold run `i` is left out with. Of many, whose order may repeat (a prompt, an answer, a prompt, ...), no matter
/// where it stands.
std::size_t fold_of(std::size_t i, std::size_t folds, std::size_t runs) {
  constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;
  return runs * kMostFolds <= kFoldedRuns ? i % folds : static_cast<std::size_t>((i * kGolden) >> 33) % folds;
}

double error_left_out(const std::vector<MeasuredRun>& runs, OwnRow& own) {
  const std::size_t folds = std::min(std::clamp(kFoldedRuns / runs.size(), kFewestFolds, kMostFolds), runs.size());
  std::vector<double> errors;
  for (std::size_t fold = 0; fold < folds; ++fold) {
    std::vector<const MeasuredRun*> kept;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (fold_of(i, folds, runs.size()) != fold) kept.push_back(&runs[i]);
    }
    own.set(own.fit(kept));
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (fold_of(i, folds, runs.size()) == fold)
        errors.push_back(error_of(runs[i], seconds_of(runs[i], own.target())));
    }
  }
  return median(errors);
}

}  // namespace

Calibration calibrate(const std::vector<MeasuredRun>& runs, const SpeedTarget& target) {
  if (runs.empty()) throw Error(ErrorKind::kBadRequest, "there is no run to calibrate with");
  OwnRow own(runs, target);
  Calibration calibration;
  std::vector<double> before, after;
  std::vector<const MeasuredRun*> all;
  for (const MeasuredRun& run : runs) {
    all.push_back(&run);
    before.push_back(seconds_of(run, own.target()));
  }
  calibration.error_left_out = error_left_out(runs, own);
  own.set(own.fit(all));
  std::vector<double> errors_before, errors_after;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const double seconds = seconds_of(runs[i], own.target()),
                 tokens = measured_seconds(runs[i]) * runs[i].measured.value();
    calibration.runs.push_back({TokenRate(tokens / before[i]), TokenRate(tokens / seconds)});
    errors_before.push_back(error_of(runs[i], before[i]));
    errors_after.push_back(error_of(runs[i], seconds));
    ++own.row().rows[static_cast<std::size_t>(runs[i].question)];
  }
  calibration.error_before = median(errors_before);
  calibration.error_after = median(errors_after);
  calibration.row = own.row();
  return calibration;
}

}  // namespace lfmfit
