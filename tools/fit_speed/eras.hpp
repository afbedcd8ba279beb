#pragma once

#include <istream>
#include <string>
#include <vector>

#include "lfmfit/speed_constants.hpp"

namespace lfmfit::fit_speed {

/// How much longer a constant was before a date, in llama.cpp or in a driver: so that rows of old builds do not slow
/// down answers about today's.
struct Era {
  std::string row;     ///< id of the row of constants that it holds for, those below included
  std::string before;  ///< ISO date, as far as known
  std::vector<Coefficient> coefficients;
  double factor = 1;
};

/// Reads lines of row,before,coefficients,factor,why behind a heading. Throws Error(kBadFile) naming the line.
std::vector<Era> read_eras(std::istream& table, const std::string& path);

/// Puts the constants of `row`, one of `rows`, back to what they were at `date`.
void put_back(SpeedRow& row, const std::vector<SpeedRow>& rows, const std::string& date, const std::vector<Era>& eras);

}  // namespace lfmfit::fit_speed
