#include "constants_fit.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/speed/factor_fit.hpp"
#include "core/speed/fitted_constants.hpp"

namespace lfmfit::fit_speed {

using namespace speed;

namespace {

constexpr double kNearness = 0.6;      // priors come from more measurements than the table has
constexpr double kNoise = 0.07;        // of measurements by different people under equal conditions
constexpr double kHighestRead = 0.97;  // no memory is read faster than this share of its peak

/// The parameters of a fit: the factors of each row that has rows of measurements behind it.
class Parameters {
 public:
  Parameters(const SpeedConstants& constants, const std::vector<MeasuredRow>& rows) {
    for (const MeasuredRow& row : rows) {
      if (row.weight <= 0) continue;
      for (const std::size_t i : chain_of(constants_of(row, constants), constants.rows)) add(i, constants.rows[i]);
    }
  }

  const std::vector<FitParameter>& parameters() const { return parameters_; }
  /// Index of the first parameter of a row: those of fitted_coefficients() follow each other.
  std::size_t first_of(std::size_t row) const { return first_.at(row); }

  void set(const std::vector<double>& logarithms, SpeedConstants& constants) const {
    const auto& fitted = fitted_coefficients();
    for (const auto& [row, first] : first_) {
      SpeedRow& here = constants.rows[row];
      for (std::size_t i = 0; i < fitted.size(); ++i) {
        const auto c = static_cast<std::size_t>(fitted[i]);
        here.factors[c] = here.prior[c] * std::exp(logarithms[first + i]);
        here.stated[c] = true;
      }
    }
    resolve(constants.rows);
  }

 private:
  void add(std::size_t row, const SpeedRow& constants) {
    if (first_.count(row) > 0 || constants.parent.empty()) return;
    first_[row] = parameters_.size();
    for (const Coefficient coefficient : fitted_coefficients())
      parameters_.push_back({kNearness * usual_deviation(coefficient), 0, 0});
  }

  std::map<std::size_t, std::size_t> first_;
  std::vector<FitParameter> parameters_;
};

FitRow row_of(const MeasuredRow& row, SpeedConstants& constants, const std::vector<Era>& eras,
              const Parameters& parameters) {
  const std::size_t leaf = constants_of(row, constants);
  SpeedRow& here = constants.rows[leaf];
  const Coefficients today = here.coefficients;
  put_back(here, constants.rows, row.date, eras);
  FitRow result;
  result.weight = row.weight;
  result.error = std::log(seconds_of(row.run, row.target(constants)) / measured_seconds(row.run));
  const std::vector<double> slopes = slopes_of(row.run, row.target(constants), here);
  here.coefficients = today;
  for (const std::size_t i : chain_of(leaf, constants.rows)) {
    if (constants.rows[i].parent.empty()) continue;
    for (std::size_t k = 0; k < slopes.size(); ++k) {
      if (std::abs(slopes[k]) > 1e-6) result.slopes.emplace_back(parameters.first_of(i) + k, slopes[k]);
    }
  }
  return result;
}

/// Reading faster than memory can be read only trades against other constants.
void bound_reads(SpeedConstants& constants) {
  for (SpeedRow& row : constants.rows) {
    for (const Coefficient read : {Coefficient::kDenseRead, Coefficient::kFloatRead, Coefficient::kCacheRead}) {
      const auto c = static_cast<std::size_t>(read);
      const bool is_used = !row.parent.empty() && row.coefficients[c] > 0;
      if (!is_used || row.coefficients[c] >= 1 / kHighestRead) continue;
      row.factors[c] *= 1 / kHighestRead / row.coefficients[c];
      resolve(constants.rows);
    }
  }
}

}  // namespace

std::vector<std::size_t> chain_of(std::size_t leaf, const std::vector<SpeedRow>& rows) {
  std::vector<std::size_t> chain{leaf};
  while (!rows[chain.back()].parent.empty()) {
    const std::string& parent = rows[chain.back()].parent;
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const SpeedRow& row) { return row.id == parent; });
    chain.push_back(static_cast<std::size_t>(found - rows.begin()));
  }
  return chain;
}

namespace {

constexpr double kDoubt = 3;  // rows that say a card is like others of its kind
constexpr double kSame = 0.01;

/// What of a device's measured times its kind's constants leave, drawn towards nothing where there are few rows.
void set_remainders(SpeedConstants& constants, const std::vector<MeasuredRow>& rows, const std::vector<Era>& eras) {
  struct Sum {
    double logarithms = 0, weights = 0;
    double remainder() const {
      const double logarithm = logarithms / (weights + kDoubt);
      return std::abs(logarithm) < kSame ? 1 : std::exp(logarithm);
    }
  };
  std::map<std::pair<std::string, const Device*>, std::array<Sum, 2>> sums;
  for (const MeasuredRow& row : rows) {
    if (row.weight <= 0) continue;
    Sum& sum = sums[{row.backend->name, row.device}][row.run.question == SpeedQuestion::kPrefill ? 1 : 0];
    constexpr double kMost = 0.5;
    sum.logarithms -= row.weight * std::clamp(std::log(ratio_of(row, constants, eras)), -kMost, kMost);
    sum.weights += row.weight;
  }
  for (const auto& [device, of_device] : sums) {
    MeasuredDevice measured;
    measured.backend = device.first;
    measured.device = device.second->id;
    measured.chip = speed_chip(*device.second);
    const SpeedRow& kind = speed_row(constants, measured.backend, *device.second);
    const auto read = [&](Coefficient coefficient) { return kind.coefficients[static_cast<std::size_t>(coefficient)]; };
    const double floats = read(Coefficient::kFloatRead);
    const double fastest = floats > 0 ? std::min(floats, read(Coefficient::kDenseRead)) : read(Coefficient::kDenseRead);
    const double least = fastest > 0 ? std::min(1.0, 1 / kHighestRead / fastest) : 0;
    measured.decode = std::max(of_device[0].remainder(), least);
    measured.prefill = of_device[1].remainder();
    constants.measured_devices.push_back(std::move(measured));
  }
}

}  // namespace

SpeedConstants fit(SpeedConstants constants, const std::vector<MeasuredRow>& rows, const std::vector<Era>& eras) {
  constants.measured_devices.clear();
  const Parameters parameters(constants, rows);
  const auto model = [&](const std::vector<double>& logarithms, bool) {
    parameters.set(logarithms, constants);
    std::vector<FitRow> result;
    for (const MeasuredRow& row : rows) {
      if (row.weight > 0) result.push_back(row_of(row, constants, eras, parameters));
    }
    return result;
  };
  constexpr int kSteps = 4;
  parameters.set(fit_factors(parameters.parameters(), model, kNoise, kSteps), constants);
  bound_reads(constants);
  set_remainders(constants, rows, eras);
  return constants;
}

std::vector<double> ratios_of(SpeedConstants constants, const std::vector<MeasuredRow>& rows,
                              const std::vector<Era>& eras) {
  std::vector<double> ratios;
  for (const MeasuredRow& row : rows) ratios.push_back(ratio_of(row, constants, eras));
  return ratios;
}

}  // namespace lfmfit::fit_speed
