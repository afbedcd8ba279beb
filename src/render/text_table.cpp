#include "render/text_table.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>

namespace lfmfit::render {

namespace {

constexpr int kGap = 2;
constexpr int kNarrowest = 12;  // an elastic column keeps at least this

std::string padded(const Cell& cell, const Column& column, int width, bool last, const Terminal& terminal) {
  const std::string text = column.elastic ? elided(cell.text, width) : cell.text;
  const std::string blanks(static_cast<std::size_t>(std::max(width - width_of(text), 0)), ' ');
  const std::string shown = styled(text, cell.style, terminal);
  if (column.align == Align::kRight) return blanks + shown;
  return last ? shown : shown + blanks;
}

}  // namespace

TextTable::TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {
  for (Column& column : columns_) column.title = printable(column.title);
}

void TextTable::add(std::vector<Cell> row) {
  for (Cell& cell : row) cell.text = printable(cell.text);
  rows_.push_back(std::move(row));
}

std::vector<int> TextTable::widths(int page_width) const {
  std::vector<int> result;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    int width = width_of(columns_[i].title);
    for (const auto& row : rows_) width = std::max(width, width_of(row[i].text));
    result.push_back(width);
  }
  const int gaps = kGap * (static_cast<int>(columns_.size()) - 1);
  int excess = std::accumulate(result.begin(), result.end(), gaps) - page_width;
  for (std::size_t i = 0; i < columns_.size() && excess > 0; ++i) {
    if (!columns_[i].elastic) continue;
    const int given = std::clamp(result[i] - kNarrowest, 0, excess);
    result[i] -= given;
    excess -= given;
  }
  return result;
}

std::string TextTable::text(const Terminal& terminal) const {
  const std::vector<int> widths_now = widths(terminal.shortens ? terminal.width : std::numeric_limits<int>::max());
  std::string result;
  const auto add_line = [&](const std::vector<Cell>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) line.append(kGap, ' ');
      line += padded(cells[i], columns_[i], widths_now[i], i + 1 == cells.size(), terminal);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + "\n";
  };
  std::vector<Cell> header;
  for (const Column& column : columns_) header.push_back({column.title, Style::kStrong});
  add_line(header);
  for (const auto& row : rows_) add_line(row);
  return result;
}

}  // namespace lfmfit::render
