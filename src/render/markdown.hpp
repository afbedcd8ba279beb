#pragma once

#include <string>

#include "lfmfit/report.hpp"
#include "render/report_text.hpp"

namespace lfmfit::render {

/// `text` so that it can neither end a cell of a table nor begin markup.
std::string markdown_cell(const std::string& text);

/// The report as Markdown: headings and tables, for an issue, a wiki or a README.
std::string report_markdown(const Report& report, const ReportView& view);

}  // namespace lfmfit::render
