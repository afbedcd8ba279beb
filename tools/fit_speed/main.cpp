// Fits the constants of data/speed.json to a table of measured speeds and prints how well they hold:
//
//     fit_speed data/speed.json tests/truth/speed.csv tests/truth/speed_eras.csv            prints the errors
//     fit_speed data/speed.json tests/truth/speed.csv tests/truth/speed_eras.csv --write    and writes the constants
//     fit_speed ... --errors                                         the errors of the constants as they are, at once
//
// The structure of the file (which hardware has constants of its own, and where each starts: "prior") is edited by
// hand.

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "bands.hpp"
#include "catalog/speed_rows.hpp"
#include "cross_validation.hpp"
#include "error_table.hpp"
#include "lfmfit/error.hpp"
#include "measured_row.hpp"
#include "readme_table.hpp"
#include "speed_file.hpp"

namespace lfmfit::fit_speed {

namespace {

constexpr std::size_t kWorst = 40;
constexpr std::uint32_t kModelSeed = 7, kDeviceSeed = 11;

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw Error(ErrorKind::kBadFile, path + ": cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

template <class Read>
auto read_table(const std::string& path, Read read) {
  std::ifstream table(path);
  if (!table) throw Error(ErrorKind::kBadFile, path + ": cannot be read");
  return read(table);
}

void print_coverage(const SpeedConstants& constants, const std::vector<MeasuredRow>& rows,
                    const std::vector<double>& models, const std::vector<double>& devices) {
  for (std::size_t q = 0; q < kSpeedQuestionCount; ++q) {
    const auto question = static_cast<SpeedQuestion>(q);
    fmt::print("{}: bands hold {:.0f} % of models left out, {:.0f} % of devices left out\n", name_of(question),
               100 * coverage(constants, rows, models, question, false),
               100 * coverage(constants, rows, devices, question, true));
  }
}

void run(const std::vector<std::string>& paths, const std::string& how) {
  const std::string text = read_file(paths[0]);
  const Catalog catalog;
  const SpeedConstants constants =
      read_speed_constants(paths[0], text, [&](std::string_view name) { return &catalog.tensor_type(name); });
  const std::vector<MeasuredRow> rows =
      read_table(paths[1], [&](std::istream& table) { return read_rows(table, paths[1], catalog); });
  const std::vector<Era> eras = read_table(paths[2], [&](std::istream& table) { return read_eras(table, paths[2]); });
  const std::vector<double> known = ratios_of(constants, rows, eras);
  std::cout << error_table("the constants as they are", rows, known, constants) << '\n'
            << worst_rows(rows, known, kWorst) << '\n';
  if (how == "--errors") return;
  const SpeedConstants fitted = fit(constants, rows, eras);
  const std::vector<double> after = ratios_of(fitted, rows, eras);
  std::cout << error_table("the fit to all rows", rows, after, fitted) << '\n';
  const std::vector<double> models = cross_validate(constants, rows, eras, by_device_and_model, kModelSeed);
  std::cout << error_table("models of a device left out", rows, models, constants) << '\n'
            << worst_rows(rows, models, kWorst) << '\n';
  const std::vector<double> everywhere = cross_validate(constants, rows, eras, by_model, kModelSeed);
  std::cout << error_table("models left out everywhere", rows, everywhere, constants) << '\n';
  const std::vector<double> devices = cross_validate(constants, rows, eras, by_device, kDeviceSeed);
  std::cout << error_table("devices left out", rows, devices, constants) << '\n';
  SpeedConstants result = with_bands(fitted, rows, models, devices);
  count_measurements(result, rows, after);
  print_coverage(result, rows, models, devices);
  std::cout << "\nfor README.md:\n\n" << readme_table(rows, models, devices);
  if (how != "--write") return;
  std::ofstream(paths[0]) << updated(text, result, rows);
}

}  // namespace

}  // namespace lfmfit::fit_speed

int main(int argc, char** argv) {
  constexpr int kPaths = 3;
  const std::vector<std::string> words(argv + 1, argv + argc);
  const std::string how = words.size() == kPaths + 1 ? words.back() : std::string();
  const bool known = how.empty() || how == "--write" || how == "--errors";
  if (words.size() < kPaths || words.size() > kPaths + 1 || !known) {
    std::cerr << "usage: fit_speed data/speed.json tests/truth/speed.csv tests/truth/speed_eras.csv "
                 "[--write | --errors]\n";
    return 2;
  }
  try {
    lfmfit::fit_speed::run(words, how);
  } catch (const std::exception& error) {
    std::cerr << "fit_speed: " << error.what() << '\n';
    return 2;
  }
}
