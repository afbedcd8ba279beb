#include "bands.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "error_table.hpp"

namespace lfmfit::fit_speed {

namespace {

constexpr double kLowShare = 0.09, kHighShare = 0.91;
constexpr std::size_t kEnough = 14;

using Spread = std::vector<std::pair<double, double>>;  // measured / estimate, weight
using Key = std::pair<std::size_t, std::size_t>;        // row of constants, question

double round_down(double value) { return std::floor(value * 100) / 100; }
double round_up(double value) { return std::ceil(value * 100) / 100; }

std::map<Key, Spread> spreads_of(const SpeedConstants& constants, const std::vector<MeasuredRow>& rows,
                                 const std::vector<double>& ratios) {
  std::map<Key, Spread> spreads;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].on_host) continue;
    for (const std::size_t row : chain_of(constants_of(rows[i], constants), constants.rows))
      spreads[{row, static_cast<std::size_t>(rows[i].run.question)}].push_back({ratios[i], 1});
  }
  return spreads;
}

}  // namespace

SpeedConstants with_bands(SpeedConstants constants, const std::vector<MeasuredRow>& rows,
                          const std::vector<double>& known, const std::vector<double>& unknown) {
  const std::map<Key, Spread> of_known = spreads_of(constants, rows, known);
  const std::map<Key, Spread> of_unknown = spreads_of(constants, rows, unknown);
  for (std::size_t row = 0; row < constants.rows.size(); ++row) {
    for (std::size_t q = 0; q < kSpeedQuestionCount; ++q) {
      const auto found = of_known.find({row, q});
      SpeedRow& here = constants.rows[row];
      const bool root = here.parent.empty();
      if (root) continue;
      here.own_bands[q] = found != of_known.end() && found->second.size() >= kEnough;
      if (!here.own_bands[q]) continue;
      SpeedBand& band = here.bands[q];
      band.low = std::min(1.0, round_down(quantile(found->second, kLowShare)));
      band.high = std::max(1.0, round_up(quantile(found->second, kHighShare)));
      const Spread& wide = of_unknown.at({row, q});
      band.unmeasured_low = std::min(band.low, round_down(quantile(wide, kLowShare)));
      band.unmeasured_high = std::max(band.high, round_up(quantile(wide, kHighShare)));
    }
  }
  resolve(constants.rows);
  return constants;
}

void count_measurements(SpeedConstants& constants, const std::vector<MeasuredRow>& rows,
                        const std::vector<double>& ratios) {
  using Device = std::pair<std::string, std::string>;
  std::map<Device, std::array<std::vector<double>, kSpeedQuestionCount>> devices;
  std::map<Device, const SpeedRow*> kinds;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].on_host || !rows[i].runtime.empty()) continue;
    const Device device{rows[i].backend->name, rows[i].device->id};
    devices[device][static_cast<std::size_t>(rows[i].run.question)].push_back(ratios[i]);
    kinds[device] = &constants.rows[constants_of(rows[i], constants)];
  }
  for (MeasuredDevice& measured : constants.measured_devices) {
    const Device device{measured.backend, measured.device};
    for (std::size_t q = 0; q < kSpeedQuestionCount; ++q) {
      const std::vector<double>& of_device = devices[device][q];
      if (of_device.empty()) continue;
      const SpeedBand& band = kinds[device]->bands[q];
      const double middle = summarize(of_device).bias;
      measured.rows[q] = middle >= band.low && middle <= band.high ? static_cast<int>(of_device.size()) : 0;
    }
  }
}

double coverage(const SpeedConstants& constants, const std::vector<MeasuredRow>& rows,
                const std::vector<double>& ratios, SpeedQuestion question, bool unmeasured) {
  double inside = 0, all = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].on_host || rows[i].run.question != question) continue;
    const SpeedBand& band = constants.rows[constants_of(rows[i], constants)].bands[static_cast<std::size_t>(question)];
    const double low = unmeasured ? band.unmeasured_low : band.low;
    const double high = unmeasured ? band.unmeasured_high : band.high;
    all += 1;
    if (ratios[i] >= low && ratios[i] <= high) inside += 1;
  }
  return all > 0 ? inside / all : 1;
}

}  // namespace lfmfit::fit_speed
