#pragma once

#include <charconv>
#include <istream>
#include <string>
#include <vector>

#include "lfmfit/error.hpp"

namespace lfmfit::fit_speed {

/// Where a line stands, for messages.
struct CsvPlace {
  std::string path;
  int line = 0;

  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorKind::kBadFile, path + ":" + std::to_string(line) + ": " + problem);
  }
};

struct CsvLine {
  std::vector<std::string> cells;
  CsvPlace place;
};

/// The lines behind `heading`, each of `columns` cells; one in quotes may hold commas and doubled quotes. Throws
/// Error(kBadFile) naming the line and what is wrong with it.
std::vector<CsvLine> read_csv(std::istream& table, const std::string& path, const std::string& heading,
                              std::size_t columns);

template <class Number>
Number parse(const std::string& cell, const std::string& column, const CsvPlace& place) {
  Number value{};
  const auto result = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (result.ec != std::errc() || result.ptr != cell.data() + cell.size())
    place.fail(column + " is no number: " + cell);
  return value;
}

}  // namespace lfmfit::fit_speed
