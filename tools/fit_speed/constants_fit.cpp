#include "constants_fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "core/speed/factor_fit.hpp"
#include "core/speed/fitted_constants.hpp"

namespace lfmfit::fit_speed {

using namespace speed;

namespace {

constexpr double kNearness = 0.5;      // priors come from more measurements than the table has
constexpr double kNoise = 0.05;        // of measurements by different people under equal conditions
constexpr double kHighestRead = 0.97;  // no memory is read faster than this share of its peak
constexpr double kOwnDecode = 0.08;    // how far a device usually lies from others of its kind
constexpr double kOwnPrefill = 0.12;
constexpr double kRuntime = 0.2;  // how much longer than llama.cpp's benchmarks chats usually take
constexpr double kHeld = 1e-4;    // the deviation of what does not move
constexpr double kSame = 0.005;
constexpr int kSteps = 4;
constexpr std::array kReads{Coefficient::kDenseRead, Coefficient::kFloatRead, Coefficient::kCacheRead};

/// The parameters of a fit: the factors of each row of constants that has measurements behind it, what each device has
/// of its own, and how much longer runs of a program take that does more than llama.cpp's benchmarks.
class Parameters {
 public:
  Parameters(const SpeedConstants& constants, const std::vector<MeasuredRow>& rows) {
    for (const MeasuredRow& row : rows) {
      if (row.weight <= 0) continue;
      for (const std::size_t i : chain_of(constants_of(row, constants), constants.rows)) add(i, constants.rows[i]);
      const Own own = own_of(row);
      add(own_, own, std::get<bool>(own) ? kOwnPrefill : kOwnDecode);
      if (is_longer(row)) add(runtimes_, row.runtime, kRuntime);
    }
  }

  const std::vector<FitParameter>& parameters() const { return parameters_; }
  /// Index of the first parameter of a row: those of fitted_coefficients() follow each other.
  std::size_t first_of(std::size_t row) const { return kinds_.at(row).first; }
  /// Indices of the parameters besides that a measurement's time goes with.
  std::vector<std::size_t> besides(const MeasuredRow& row) const {
    std::vector<std::size_t> result{own_.at(own_of(row))};
    if (is_longer(row)) result.push_back(runtimes_.at(row.runtime));
    return result;
  }
  /// The logarithm of what the device of `row` has of its own.
  double own(const MeasuredRow& row, const std::vector<double>& logarithms) const {
    const auto found = own_.find(own_of(row));
    return found == own_.end() ? 0 : logarithms[found->second];
  }

  void set(const std::vector<double>& logarithms, SpeedConstants& constants) const {
    const auto& fitted = fitted_coefficients();
    for (const auto& [row, kind] : kinds_) {
      SpeedRow& here = constants.rows[row];
      for (std::size_t i = 0; i < fitted.size(); ++i) {
        const auto c = static_cast<std::size_t>(fitted[i]);
        here.factors[c] = kind.start[c] * std::exp(logarithms[kind.first + i]);
        here.stated[c] = true;
      }
    }
    resolve(constants.rows);
  }

  /// Keeps reads where `constants` have them.
  void hold_reads(const SpeedConstants& constants) {
    const auto& fitted = fitted_coefficients();
    for (auto& [row, kind] : kinds_) {
      for (std::size_t i = 0; i < fitted.size(); ++i) {
        if (std::find(kReads.begin(), kReads.end(), fitted[i]) == kReads.end()) continue;
        const auto c = static_cast<std::size_t>(fitted[i]);
        kind.start[c] = constants.rows[row].factors[c];
        parameters_[kind.first + i].deviation = kHeld;
      }
    }
  }

 private:
  struct Kind {
    std::size_t first = 0;
    Coefficients start{};
  };
  using Own = std::tuple<std::string, std::string, bool>;  // backend, chip, prompt

  static Own own_of(const MeasuredRow& row) {
    const std::string chip = speed_chip(*row.device);
    return {row.backend->name, chip.empty() ? row.device->id : chip, row.run.question == SpeedQuestion::kPrefill};
  }

  /// Several requests share what a program does besides.
  static bool is_longer(const MeasuredRow& row) {
    return !row.runtime.empty() && row.run.question != SpeedQuestion::kThroughput;
  }

  void add(std::size_t row, const SpeedRow& constants) {
    if (kinds_.count(row) > 0 || constants.parent.empty()) return;
    kinds_[row] = {parameters_.size(), constants.prior};
    for (const Coefficient coefficient : fitted_coefficients())
      parameters_.push_back({kNearness * usual_deviation(coefficient), 0, 0});
  }

  template <class Key>
  void add(std::map<Key, std::size_t>& known, const Key& key, double deviation) {
    if (!known.emplace(key, parameters_.size()).second) return;
    parameters_.push_back({deviation, 0, 0});
  }

  std::map<std::size_t, Kind> kinds_;
  std::map<Own, std::size_t> own_;
  std::map<std::string, std::size_t> runtimes_;
  std::vector<FitParameter> parameters_;
};

FitRow row_of(const MeasuredRow& row, SpeedConstants& constants, const std::vector<Era>& eras,
              const Parameters& parameters, const std::vector<double>& logarithms) {
  const std::size_t leaf = constants_of(row, constants);
  SpeedRow& here = constants.rows[leaf];
  const Coefficients today = here.coefficients;
  put_back(here, constants.rows, row.date, eras);
  FitRow result;
  result.weight = row.weight;
  result.error = std::log(seconds_of(row.run, row.target(constants)) / measured_seconds(row.run));
  const std::vector<double> slopes = slopes_of(row.run, row.target(constants), here);
  here.coefficients = today;
  for (const std::size_t i : parameters.besides(row)) {
    result.error += logarithms[i];
    result.slopes.emplace_back(i, 1);
  }
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
    for (const Coefficient read : kReads) {
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

/// What each device that was measured has of its own.
std::vector<MeasuredDevice> measured_devices(const std::vector<MeasuredRow>& rows, const Parameters& parameters,
                                             const std::vector<double>& logarithms) {
  std::map<std::pair<std::string, const Device*>, MeasuredDevice> devices;
  for (const MeasuredRow& row : rows) {
    if (row.weight <= 0) continue;
    MeasuredDevice& measured = devices[{row.backend->name, row.device}];
    measured.backend = row.backend->name;
    measured.device = row.device->id;
    measured.chip = speed_chip(*row.device);
    const double logarithm = parameters.own(row, logarithms);
    const double own = std::abs(logarithm) < kSame ? 1 : std::exp(logarithm);
    (row.run.question == SpeedQuestion::kPrefill ? measured.prefill : measured.decode) = own;
  }
  std::vector<MeasuredDevice> result;
  for (auto& entry : devices) result.push_back(std::move(entry.second));
  return result;
}

}  // namespace

SpeedConstants fit(SpeedConstants constants, const std::vector<MeasuredRow>& rows, const std::vector<Era>& eras) {
  constants.measured_devices.clear();
  Parameters parameters(constants, rows);
  const auto model = [&](const std::vector<double>& logarithms, bool) {
    parameters.set(logarithms, constants);
    std::vector<FitRow> result;
    for (const MeasuredRow& row : rows) {
      if (row.weight > 0) result.push_back(row_of(row, constants, eras, parameters, logarithms));
    }
    return result;
  };
  parameters.set(fit_factors(parameters.parameters(), model, kNoise, kSteps), constants);
  bound_reads(constants);
  parameters.hold_reads(constants);
  const std::vector<double> logarithms = fit_factors(parameters.parameters(), model, kNoise, kSteps);
  parameters.set(logarithms, constants);
  constants.measured_devices = measured_devices(rows, parameters, logarithms);
  return constants;
}

std::vector<double> ratios_of(SpeedConstants constants, const std::vector<MeasuredRow>& rows,
                              const std::vector<Era>& eras) {
  std::vector<double> ratios;
  for (const MeasuredRow& row : rows) ratios.push_back(ratio_of(row, constants, eras));
  return ratios;
}

}  // namespace lfmfit::fit_speed
