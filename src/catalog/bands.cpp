#include "catalog/bands.hpp"

namespace lfmfit {

namespace {

constexpr double kMostOfBand = 1e6;

bool is_bounded(const nlohmann::json& value) {
  return value.is_number() && value.get<double>() >= 0 && value.get<double>() <= kMostOfBand;
}

}  // namespace

Band read_band_of_three(StrictObject& row, const std::string& key) {
  const nlohmann::json& list = row.raw(key);
  if (!list.is_array() || list.size() != 3 || !is_bounded(list[0]) || !is_bounded(list[1]) || !is_bounded(list[2]))
    row.fail(key, "must be a list of three numbers: low, value, high");
  const Band band{list[0].get<double>(), list[1].get<double>(), list[2].get<double>()};
  if (band.low > band.value || band.value > band.high) row.fail(key, "must not fall: low, value, high");
  return band;
}

}  // namespace lfmfit
