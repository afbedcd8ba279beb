#pragma once

#include <string>
#include <vector>

#include "measured_row.hpp"

namespace lfmfit::fit_speed {

/// The table of README.md: errors by question and backend, with models and with devices left out of the fit.
std::string readme_table(const std::vector<MeasuredRow>& rows, const std::vector<double>& models_left_out,
                         const std::vector<double>& devices_left_out);

}  // namespace lfmfit::fit_speed
