#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "constants_fit.hpp"

namespace lfmfit::fit_speed {

constexpr std::size_t kFolds = 5;

/// What rows are left out together.
using Grouping = std::function<std::string(const MeasuredRow& row)>;

std::string by_device_and_model(const MeasuredRow& row);
std::string by_device(const MeasuredRow& row);
std::string by_model(const MeasuredRow& row);

/// Measured / estimated speed of each row, each estimated by a fit to the rows of all groups but those of its fold. The
/// folds are drawn from `seed`.
std::vector<double> cross_validate(const SpeedConstants& constants, const std::vector<MeasuredRow>& rows,
                                   const std::vector<Era>& eras, const Grouping& group, std::uint32_t seed);

}  // namespace lfmfit::fit_speed
