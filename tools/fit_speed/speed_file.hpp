#pragma once

#include <string>
#include <vector>

#include "constants_fit.hpp"

namespace lfmfit::fit_speed {

/// The text of speed.json with what a fit decides put in: factors, bands, and numbers of rows. Everything else, order
/// included, stays as in `old_text`.
std::string updated(const std::string& old_text, const SpeedConstants& fitted, const std::vector<MeasuredRow>& rows);

}  // namespace lfmfit::fit_speed
