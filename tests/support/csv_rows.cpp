#include "support/csv_rows.hpp"

#include <sstream>

#include "catch.hpp"
#include "support/tensor_list.hpp"

namespace test {

namespace {

std::vector<std::string> fields_of(const std::string& line) {
  std::istringstream text(line + ",");
  std::vector<std::string> fields;
  for (std::string field; std::getline(text, field, ',');) fields.push_back(field);
  return fields;
}

}  // namespace

std::vector<CsvRow> csv_rows(const std::string& path) {
  std::istringstream text(read_project_file(path));
  std::string line;
  std::getline(text, line);
  const std::vector<std::string> names = fields_of(line);
  std::vector<CsvRow> rows;
  while (std::getline(text, line)) {
    const std::vector<std::string> fields = fields_of(line);
    REQUIRE(fields.size() == names.size());
    CsvRow& row = rows.emplace_back();
    for (std::size_t i = 0; i < names.size(); ++i) row[names[i]] = fields[i];
  }
  return rows;
}

}  // namespace test
