#include "eras.hpp"

#include <algorithm>
#include <sstream>

#include "csv_line.hpp"

namespace lfmfit::fit_speed {

namespace {

constexpr const char* kHeading = "row,before,coefficients,factor,why";
constexpr std::size_t kColumns = 5;
constexpr const char* kMiddleOfYear = "-06";

std::vector<Coefficient> coefficients_of(const std::string& words, const CsvPlace& place) {
  std::vector<Coefficient> result;
  std::istringstream stream(words);
  for (std::string word; stream >> word;) {
    std::size_t i = 0;
    while (i < kCoefficientCount && word != name_of(static_cast<Coefficient>(i))) ++i;
    if (i == kCoefficientCount) place.fail("no constant is called " + word);
    result.push_back(static_cast<Coefficient>(i));
  }
  return result;
}

/// Whether `id` is `row` or one of those it comes from.
bool comes_from(const SpeedRow& row, const std::string& id, const std::vector<SpeedRow>& rows) {
  if (row.id == id) return true;
  const auto parent =
      std::find_if(rows.begin(), rows.end(), [&](const SpeedRow& other) { return other.id == row.parent; });
  return parent != rows.end() && comes_from(*parent, id, rows);
}

}  // namespace

std::vector<Era> read_eras(std::istream& table, const std::string& path) {
  std::vector<Era> eras;
  for (const CsvLine& line : read_csv(table, path, kHeading, kColumns)) {
    eras.push_back({line.cells[0], line.cells[1], coefficients_of(line.cells[2], line.place),
                    parse<double>(line.cells[3], "factor", line.place)});
  }
  return eras;
}

void put_back(SpeedRow& row, const std::vector<SpeedRow>& rows, const std::string& date, const std::vector<Era>& eras) {
  constexpr std::size_t kYear = 4;
  const std::string month = date.size() == kYear ? date + kMiddleOfYear : date;
  for (const Era& era : eras) {
    if (month >= era.before || !comes_from(row, era.row, rows)) continue;
    for (const Coefficient coefficient : era.coefficients)
      row.coefficients[static_cast<std::size_t>(coefficient)] *= era.factor;
  }
}

}  // namespace lfmfit::fit_speed
