#include "render/side_by_side.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "core/base/number_text.hpp"
#include "render/figures.hpp"
#include "render/memory_text.hpp"
#include "render/text_table.hpp"
#include "render/verdict_text.hpp"

namespace lfmfit::render {

namespace {

/// A line: what it tells, and the cell of each device. Lines without a word in them are left out.
struct Comparison {
  std::string label;
  std::vector<Cell> cells;
};

/// The place that a device's memory is told of: the tightest, as in its verdict.
int told_place(const NamedAnswer& named) {
  const int place = named.row.fit.place;
  return place >= 0 ? place : named.answer.memory.tightest_place();
}

template <class Tell>
Comparison compare(std::string label, const std::vector<NamedAnswer>& named, const Tell& tell) {
  Comparison line{std::move(label), {}};
  for (const NamedAnswer& one : named) line.cells.push_back(tell(one));
  return line;
}

/// What the memory is the sum of: every part that one of them has.
void add_parts(const std::vector<NamedAnswer>& named, std::vector<Comparison>& lines) {
  std::vector<std::vector<SumPart>> parts;
  std::vector<std::string> names;
  for (const NamedAnswer& one : named) {
    parts.push_back(sum_parts(one.answer.memory, told_place(one)));
    for (const SumPart& part : parts.back()) {
      if (std::find(names.begin(), names.end(), part.name) == names.end()) names.push_back(part.name);
    }
  }
  for (const std::string& name : names) {
    Comparison line{"  " + name, {}};
    for (const std::vector<SumPart>& of_one : parts) {
      const auto part =
          std::find_if(of_one.begin(), of_one.end(), [&](const SumPart& any) { return any.name == name; });
      line.cells.push_back({part == of_one.end() ? std::string() : part->gb});
    }
    lines.push_back(std::move(line));
  }
}

/// What of host memory is needed beside GPUs, where some of the model lies there.
std::string beside_gpus(const Fit& fit) {
  if (fit.verdict != Verdict::kPartial) return "";
  for (const PlaceFit& place : fit.places) {
    if (place.place == kHost) return gb_text(place.required);
  }
  return "";
}

std::vector<Comparison> comparisons(const Report& report, const std::vector<NamedAnswer>& named) {
  const auto fit_of = [](const NamedAnswer& one) -> const Fit& { return one.row.fit; };
  std::vector<Comparison> lines;
  lines.push_back(compare("runs", named, [&](const NamedAnswer& one) {
    return Cell{verdict_word(fit_of(one).verdict), verdict_style(fit_of(one).verdict)};
  }));
  lines.push_back(compare(report.question.vllm ? "needs" : "needs at most", named,
                          [&](const NamedAnswer& one) { return Cell{gb_text(fit_of(one).required)}; }));
  lines.push_back(compare("usable", named, [&](const NamedAnswer& one) { return Cell{gb_text(fit_of(one).usable)}; }));
  lines.push_back(compare("free", named, [&](const NamedAnswer& one) { return Cell{gb_text(fit_of(one).headroom)}; }));
  lines.push_back(
      compare("RAM beside it", named, [&](const NamedAnswer& one) { return Cell{beside_gpus(fit_of(one))}; }));
  lines.push_back(compare(report.question.vllm ? "asks for" : "likely", named, [](const NamedAnswer& one) {
    return Cell{two_decimals(in_gb(one.answer.memory.total(told_place(one)))) + " GB"};
  }));
  add_parts(named, lines);
  lines.push_back(compare("decode tok/s", named, [](const NamedAnswer& one) {
    return Cell{one.answer.speed ? marked_band_text(one.answer.speed->decode) : ""};
  }));
  lines.push_back(compare("  at full", named, [](const NamedAnswer& one) {
    const bool known = one.answer.speed && one.answer.speed->decode_full_context;
    return Cell{known ? rate_text(*one.answer.speed->decode_full_context) : ""};
  }));
  lines.push_back(compare("prefill tok/s", named, [](const NamedAnswer& one) {
    const bool known = one.answer.speed && one.answer.speed->prefill;
    return Cell{known ? marked_band_text(*one.answer.speed->prefill) : ""};
  }));
  return lines;
}

bool says_something(const Comparison& line) {
  return std::any_of(line.cells.begin(), line.cells.end(), [](const Cell& cell) { return !cell.text.empty(); });
}

}  // namespace

std::string side_by_side(const Report& report, const std::vector<NamedAnswer>& named, const Terminal& terminal) {
  std::vector<Column> columns = {{""}};
  for (const NamedAnswer& one : named) columns.push_back({one.row.device->name});
  TextTable table(std::move(columns));
  for (Comparison& line : comparisons(report, named)) {
    if (!says_something(line)) continue;
    std::vector<Cell> cells = {{line.label, Style::kStrong}};
    cells.insert(cells.end(), line.cells.begin(), line.cells.end());
    table.add(std::move(cells));
  }
  std::istringstream lines(table.text({terminal.width, false, terminal.shortens}));
  for (std::string line; std::getline(lines, line);) {
    if (width_of(line) > terminal.width) return "";
  }
  return table.text(terminal);
}

}  // namespace lfmfit::render
