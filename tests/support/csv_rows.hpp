#pragma once

#include <map>
#include <string>
#include <vector>

namespace test {

/// One line of a table: texts by the names of its columns.
using CsvRow = std::map<std::string, std::string>;

/// The lines of the project's file `path`, whose first names the columns. Fields hold neither commas nor quotes.
std::vector<CsvRow> csv_rows(const std::string& path);

}  // namespace test
