#pragma once

#include <cstddef>
#include <string>

#include "lfmfit/report.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

/// How much of a report is shown.
struct ReportView {
  std::size_t top = 10;     ///< devices of each table
  bool everything = false;  ///< servers and machines without a GPU too
};

/// The report for people, laid out on `terminal`.
std::string report_text(const Report& report, const ReportView& view, const Terminal& terminal);

}  // namespace lfmfit::render
