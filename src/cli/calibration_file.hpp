#pragma once

#include <string>

#include "lfmfit/speed_constants.hpp"

namespace lfmfit::cli {

/// A data file that puts `row` behind the rows of speed.json.
std::string overlay_text(const SpeedRow& row);

}  // namespace lfmfit::cli
