#include "csv_line.hpp"

namespace lfmfit::fit_speed {

namespace {

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') {
      if (quoted && i + 1 < line.size() && line[i + 1] == '"')
        cells.back() += line[++i];
      else
        quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

}  // namespace

std::vector<CsvLine> read_csv(std::istream& table, const std::string& path, const std::string& heading,
                              std::size_t columns) {
  std::string line;
  CsvPlace place{path, 1};
  if (!std::getline(table, line) || line != heading) place.fail("must be the heading " + heading);
  std::vector<CsvLine> lines;
  while (std::getline(table, line)) {
    ++place.line;
    lines.push_back({split(line), place});
    if (lines.back().cells.size() != columns) place.fail("must have " + std::to_string(columns) + " columns");
  }
  return lines;
}

}  // namespace lfmfit::fit_speed
