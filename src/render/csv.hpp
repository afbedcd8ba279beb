#pragma once

#include <string>

#include "lfmfit/report.hpp"

namespace lfmfit::render {

/// The devices of a report, one a line under a header, best first; values and names as in the JSON. RFC 4180 with
/// '\n' line ends. What is not known is empty.
std::string report_csv(const Report& report);

}  // namespace lfmfit::render
