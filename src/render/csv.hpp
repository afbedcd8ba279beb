#pragma once

#include <string>

#include "lfmfit/report.hpp"
#include "render/json.hpp"

namespace lfmfit::render {

/// CSV is RFC 4180 with '\n' line ends. What is not known is empty, and what a spreadsheet would take for a formula has
/// a quote in front.

/// The devices of a report, one a line under a header, best first; values and names as in the JSON.
std::string report_csv(const Report& report);

/// The header of such lines, and the line of one answer on the question's device.
std::string answers_csv_header();
std::string answer_csv(const Question& question, const Estimate& answer);

/// A list of objects, one a line under a header of every key that one of them has. Objects in them are columns of their
/// own ("desktop_bytes.low"), lists are joined by blanks.
std::string list_csv(const Json& rows);

}  // namespace lfmfit::render
