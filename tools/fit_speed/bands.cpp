#include "bands.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "cross_validation.hpp"
#include "error_table.hpp"

namespace lfmfit::fit_speed {

namespace {

constexpr double kLowShare = 0.08, kHighShare = 0.92;
constexpr std::uint32_t kSeeds = 6;
constexpr std::size_t kFolds = 10, kEachGroup = 1000;

using Spread = std::vector<std::pair<double, double>>;  // measured / estimate, weight

const SpeedBand* band_of(const SpeedLaw& law, const MeasuredRow& row) {
  return &speed_band(law, row.backend->name, row.has_experts);
}

void collect(const SpeedLaw& law, const std::vector<MeasuredRow>& rows, const std::vector<double>& ratios,
             std::map<const SpeedBand*, Spread>& spreads) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    spreads[band_of(law, rows[i])].push_back({ratios[i], rows[i].time.weight});
  }
}

double round_down(double value) { return std::floor(value * 100) / 100; }
double round_up(double value) { return std::ceil(value * 100) / 100; }

}  // namespace

SpeedLaw with_bands(SpeedLaw law, const std::vector<MeasuredRow>& rows) {
  std::map<const SpeedBand*, Spread> measured, unmeasured;
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    collect(law, rows, cross_validate(law, rows, by_device_and_model, kFolds, seed), measured);
  }
  collect(law, rows, cross_validate(law, rows, by_constants, kEachGroup, 0), unmeasured);
  collect(law, rows, cross_validate(law, rows, by_device, kEachGroup, 0), unmeasured);
  for (SpeedBand& band : law.bands) {
    band.low = std::min(1.0, round_down(quantile(measured[&band], kLowShare)));
    band.high = std::max(1.0, round_up(quantile(measured[&band], kHighShare)));
    band.unmeasured_low = std::min(band.low, round_down(quantile(unmeasured[&band], kLowShare)));
    band.unmeasured_high = std::max(band.high, round_up(quantile(unmeasured[&band], kHighShare)));
  }
  return law;
}

double coverage(const SpeedLaw& law, const std::vector<MeasuredRow>& rows, const std::vector<double>& ratios,
                bool unmeasured) {
  std::size_t inside = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const SpeedBand& band = *band_of(law, rows[i]);
    const double low = unmeasured ? band.unmeasured_low : band.low;
    const double high = unmeasured ? band.unmeasured_high : band.high;
    if (ratios[i] >= low && ratios[i] <= high) ++inside;
  }
  return rows.empty() ? 0 : static_cast<double>(inside) / static_cast<double>(rows.size());
}

}  // namespace lfmfit::fit_speed
