#include "catalog/bands.hpp"

namespace lfmfit {

namespace {

constexpr double kMost = 1e6;

bool is_number(const nlohmann::json& value) {
  return value.is_number() && value.get<double>() >= 0 && value.get<double>() <= kMost;
}

}  // namespace

Band read_band_of_three(StrictObject& row, const std::string& key) {
  const nlohmann::json& list = row.raw(key);
  if (!list.is_array() || list.size() != 3 || !is_number(list[0]) || !is_number(list[1]) || !is_number(list[2]))
    row.fail(key, "must be a list of three numbers: low, value, high");
  const Band band{list[0].get<double>(), list[1].get<double>(), list[2].get<double>()};
  if (band.low > band.value || band.value > band.high) row.fail(key, "must not fall: low, value, high");
  return band;
}

}  // namespace lfmfit
