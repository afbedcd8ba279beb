#include "render/quantization_strip.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <numeric>

#include "core/base/number_text.hpp"
#include "lfmfit/law.hpp"
#include "render/figures.hpp"
#include "render/text_table.hpp"
#include "render/verdict_text.hpp"

namespace lfmfit::render {

namespace {

constexpr int kGapOfColumns = 2;

/// A line of the strip: what it is called, and its cell for quantization number `i` of the report.
struct StripLine {
  std::string label;
  std::function<Cell(std::size_t)> cell;
};

bool is_asked(const Report& report, std::size_t i) {
  return report.quantizations[i].quantization == report.question.quantization;
}

std::string title_of(const Report& report, std::size_t i) {
  return (is_asked(report, i) ? ">" : "") + report.quantizations[i].quantization->name;
}

int width_of_column(const std::string& title, const std::vector<StripLine>& lines, std::size_t i) {
  int width = width_of(title);
  for (const StripLine& line : lines) width = std::max(width, width_of(line.cell(i).text));
  return width;
}

/// The place among `shown` of the quantization that differs least in size from the one before it, and was not asked
/// for.
std::size_t least_different(const Report& report, const std::vector<std::size_t>& shown) {
  std::size_t place = shown.size() - 1;
  double least = std::numeric_limits<double>::max();
  for (std::size_t i = 1; i < shown.size(); ++i) {
    if (is_asked(report, shown[i])) continue;
    const double difference = std::abs(
        in_gb(report.quantizations[shown[i]].file_bytes) / in_gb(report.quantizations[shown[i - 1]].file_bytes) - 1);
    if (difference >= least) continue;
    least = difference;
    place = i;
  }
  return place;
}

/// Which quantizations there is room for.
std::vector<std::size_t> shown_of(const Report& report, const std::string& title, const std::vector<StripLine>& lines,
                                  const Terminal& terminal) {
  int width = width_of(title);
  for (const StripLine& line : lines) width = std::max(width, width_of(line.label));
  std::vector<std::size_t> shown(report.quantizations.size());
  std::iota(shown.begin(), shown.end(), std::size_t{0});
  const auto total = [&] {
    int sum = width;
    for (const std::size_t i : shown) sum += kGapOfColumns + width_of_column(title_of(report, i), lines, i);
    return sum;
  };
  while (shown.size() > 2 && total() > terminal.width)
    shown.erase(shown.begin() + static_cast<std::ptrdiff_t>(least_different(report, shown)));
  return shown;
}

std::string strip(const Report& report, const std::string& title, const std::vector<StripLine>& lines,
                  const Terminal& terminal) {
  const std::vector<std::size_t> shown = shown_of(report, title, lines, terminal);
  std::vector<Column> columns = {{title}};
  for (const std::size_t i : shown) columns.push_back({title_of(report, i), Align::kRight});
  TextTable table(std::move(columns));
  for (const StripLine& line : lines) {
    std::vector<Cell> cells = {{line.label}};
    for (const std::size_t i : shown) {
      cells.push_back(line.cell(i));
      if (is_asked(report, i) && cells.back().style == Style::kPlain) cells.back().style = Style::kStrong;
    }
    table.add(std::move(cells));
  }
  return table.text(terminal);
}

std::string at_text(Tokens context) { return "at " + grouped(context.count()); }

StripLine file_line(const Report& report) {
  return {"as a file", [&report](std::size_t i) { return Cell{in_gb_text(report.quantizations[i].file_bytes)}; }};
}

Cell fit_cell(const std::optional<Fit>& fit) {
  if (!fit) return {"-", Style::kFaint};
  const bool all_on_gpu = fit->verdict != Verdict::kPartial && fit->verdict != Verdict::kTooBig;
  return {all_on_gpu ? in_gb_text(fit->required) : verdict_word(fit->verdict),
          all_on_gpu ? Style::kPlain : verdict_style(fit->verdict)};
}

}  // namespace

std::string quantization_strip(const Report& report, const Terminal& terminal) {
  const Tokens headline = law_of(report.question).headline_context;
  const Tokens asked = report.question.request.context;
  std::vector<StripLine> lines;
  const auto add = [&](Tokens context, const std::function<Bytes(const QuantizationRow&)>& bytes) {
    lines.push_back({at_text(context),
                     [&report, bytes](std::size_t i) { return Cell{in_gb_text(bytes(report.quantizations[i]))}; }});
  };
  if (headline > Tokens(0))
    add(headline, [](const QuantizationRow& row) { return row.total_headline.value_or(row.total); });
  if (asked != headline && asked != report.full_context)
    add(asked, [](const QuantizationRow& row) { return row.total; });
  add(report.full_context, [](const QuantizationRow& row) { return row.total_full_context; });
  lines.push_back(file_line(report));
  return strip(report, "Memory, GB", lines, terminal);
}

std::string quantization_strip(const Report& report, const std::vector<NamedAnswer>& named, const Terminal& terminal) {
  std::vector<StripLine> lines;
  for (const NamedAnswer& one : named) {
    const std::string label = named.size() == 1 ? at_text(one.answer.request.context) : one.row.device->name;
    lines.push_back({label, [&one](std::size_t i) { return fit_cell(one.fits[i]); }});
  }
  if (named.size() == 1 && named.front().answer.request.context != report.full_context)
    lines.push_back(
        {at_text(report.full_context), [&named](std::size_t i) { return fit_cell(named[0].fits_full[i]); }});
  lines.push_back(file_line(report));
  return strip(report, report.question.vllm ? "Least, GB" : "At most, GB", lines, terminal);
}

}  // namespace lfmfit::render
