#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lfmfit/speed_constants.hpp"
#include "measured_row.hpp"

namespace lfmfit::fit_speed {

constexpr std::size_t kFolds = 10;
constexpr std::uint32_t kFreshSeed = 100;  ///< of the folds; not one that the bands were drawn from

/// The table of errors that README.md shows: those of rows that the fit was not shown, of `rows` of both laws.
std::string readme_table(const SpeedConstants& constants, const std::vector<MeasuredRow>& rows);

}  // namespace lfmfit::fit_speed
