// Fits the constants of data/speed.json to a table of measured speeds and prints how well they hold:
//
//     fit_speed data/speed.json tests/truth/speed.csv            prints the errors
//     fit_speed data/speed.json tests/truth/speed.csv --write    and writes the constants
//
// The structure of the file (which hardware has constants of its own, where each starts from) is edited by hand.

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>

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

constexpr std::size_t kEachGroup = 1000, kWorst = 30;

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw Error(ErrorKind::kBadFile, path + ": cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The law fitted to `rows`, its errors printed.
SpeedLaw fit_and_report(const std::string& name, const SpeedLaw& law, const std::vector<MeasuredRow>& rows) {
  const SpeedLaw fitted = with_bands(fit_law(law, rows), rows);
  const std::vector<double> fresh = cross_validate(law, rows, by_device_and_model, kFolds, kFreshSeed);
  const std::vector<double> devices = cross_validate(law, rows, by_device, kEachGroup, 0);
  const std::vector<double> constants = cross_validate(law, rows, by_constants, kEachGroup, 0);
  std::cout << error_table(name + ", rows left out by device and model (10 folds)", rows, fresh) << '\n'
            << worst_rows(rows, fresh, kWorst) << '\n'
            << error_table(name + ", whole devices left out", rows, devices) << '\n'
            << error_table(name + ", whole generations left out", rows, constants) << '\n'
            << error_table(name + ", the fit to all rows", rows, residuals(fitted, rows)) << '\n';
  fmt::print(
      "{}: bands hold {:.0f} % of rows left out; unmeasured ones {:.0f} % of devices and {:.0f} % of generations left "
      "out\n\n",
      name, 100 * coverage(fitted, rows, fresh, false), 100 * coverage(fitted, rows, devices, true),
      100 * coverage(fitted, rows, constants, true));
  return fitted;
}

void run(const std::string& constants_path, const std::string& table_path, bool writes) {
  const std::string text = read_file(constants_path);
  const Catalog catalog;
  const SpeedConstants constants =
      read_speed_constants(constants_path, text, [&](std::string_view name) { return &catalog.tensor_type(name); });
  std::ifstream table(table_path);
  std::vector<MeasuredRow> rows = read_rows(table, table_path, catalog);
  weigh(rows, catalog, constants);
  const SpeedLaw decode = fit_and_report("decode", constants.decode, rows_of(SpeedLawKind::kDecode, rows));
  const SpeedLaw prefill = fit_and_report("prefill", constants.prefill, rows_of(SpeedLawKind::kPrefill, rows));
  std::cout << "for README.md:\n\n" << readme_table(constants, rows);
  if (!writes) return;
  const std::string updated_text = updated(text, decode, prefill, rows);
  std::ofstream(constants_path) << updated_text;
}

}  // namespace

}  // namespace lfmfit::fit_speed

int main(int argc, char** argv) {
  const bool writes = argc == 4 && std::string(argv[3]) == "--write";
  if (argc != 3 && !writes) {
    std::cerr << "usage: fit_speed data/speed.json tests/truth/speed.csv [--write]\n";
    return 2;
  }
  try {
    lfmfit::fit_speed::run(argv[1], argv[2], writes);
  } catch (const std::exception& error) {
    std::cerr << "fit_speed: " << error.what() << '\n';
    return 2;
  }
}
