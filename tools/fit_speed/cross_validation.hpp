#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "law_fit.hpp"

namespace lfmfit::fit_speed {

/// What rows are left out together.
using Grouping = std::function<std::string(const SpeedLaw& law, const MeasuredRow& row)>;

std::string by_device_and_model(const SpeedLaw& law, const MeasuredRow& row);
std::string by_device(const SpeedLaw& law, const MeasuredRow& row);
std::string by_constants(const SpeedLaw& law, const MeasuredRow& row);

/// Measured / predicted speed of each row, each predicted by a fit to the rows of all groups but those of its fold.
/// The folds are drawn from `seed`; with as many folds as groups, each group is left out alone.
std::vector<double> cross_validate(const SpeedLaw& law, const std::vector<MeasuredRow>& rows, const Grouping& group,
                                   std::size_t folds, std::uint32_t seed);

/// The same for a law as it is.
std::vector<double> residuals(const SpeedLaw& law, const std::vector<MeasuredRow>& rows);

}  // namespace lfmfit::fit_speed
