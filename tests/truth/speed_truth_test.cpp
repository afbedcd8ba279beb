#include <fstream>

#include "catalog/speed_rows.hpp"
#include "catch.hpp"
#include "fit_speed/bands.hpp"
#include "fit_speed/cross_validation.hpp"
#include "fit_speed/error_table.hpp"
#include "fit_speed/law_fit.hpp"
#include "fit_speed/measured_row.hpp"
#include "fit_speed/readme_table.hpp"
#include "support/source_folder.hpp"
#include "support/tensor_list.hpp"

namespace lfmfit::fit_speed {

namespace {

constexpr std::uint32_t kSeed = 7;  // not one that the bands were drawn from

const Catalog& catalog() {
  static const Catalog catalog;
  return catalog;
}

const std::vector<MeasuredRow>& all_rows() {
  static const std::vector<MeasuredRow> rows = [] {
    const std::string path = test::source_folder() + "/tests/truth/speed.csv";
    std::ifstream table(path);
    std::vector<MeasuredRow> result = read_rows(table, path, catalog());
    weigh(result, catalog(), catalog().speed());
    return result;
  }();
  return rows;
}

std::vector<MeasuredRow> dense_lfm2(const std::vector<MeasuredRow>& rows) {
  std::vector<MeasuredRow> result;
  for (const MeasuredRow& row : rows) {
    if (is_lfm2(row) && !row.has_experts) result.push_back(row);
  }
  return result;
}

}  // namespace

TEST_CASE("decode is estimated within 10 % of the median measurement, and of seven in ten within 20 %") {
  const std::vector<MeasuredRow> rows = rows_of(SpeedLawKind::kDecode, all_rows());
  const ErrorSummary errors = summarize(residuals(catalog().speed().decode, rows));
  CHECK(errors.rows > 300);
  CHECK(errors.median <= 0.10);
  CHECK(errors.within_20 >= 0.70);
  CHECK(coverage(catalog().speed().decode, rows, residuals(catalog().speed().decode, rows), false) >= 0.80);
}

TEST_CASE("decode of models that the fit has not seen on a device holds to the same limits") {
  const SpeedLaw& law = catalog().speed().decode;
  const std::vector<MeasuredRow> rows = rows_of(SpeedLawKind::kDecode, all_rows());
  const std::vector<double> ratios = cross_validate(law, rows, by_device_and_model, kFolds, kSeed);
  const ErrorSummary errors = summarize(ratios);
  CHECK(errors.median <= 0.10);
  CHECK(errors.within_20 >= 0.70);
  CHECK(coverage(law, rows, ratios, false) >= 0.80);
}

TEST_CASE("decode of devices that the fit has not seen stays in the band for unmeasured ones") {
  const SpeedLaw& law = catalog().speed().decode;
  const std::vector<MeasuredRow> rows = rows_of(SpeedLawKind::kDecode, all_rows());
  const std::vector<double> ratios = cross_validate(law, rows, by_device, rows.size(), 0);
  CHECK(summarize(ratios).median <= 0.15);
  CHECK(coverage(law, rows, ratios, true) >= 0.80);
}

TEST_CASE("dense models of the LFM2 family decode within 12 % of the median measurement") {
  const SpeedLaw& law = catalog().speed().decode;
  const std::vector<MeasuredRow> rows = rows_of(SpeedLawKind::kDecode, all_rows());
  const std::vector<double> ratios = cross_validate(law, rows, by_device_and_model, kFolds, kSeed);
  std::vector<double> chosen;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (is_lfm2(rows[i]) && !rows[i].has_experts) chosen.push_back(ratios[i]);
  }
  CHECK(chosen.size() == dense_lfm2(rows).size());
  CHECK(chosen.size() > 20);
  CHECK(summarize(chosen).median <= 0.12);
}

TEST_CASE(
    "prefill is estimated within 25 % of the median measurement, and within 20 % where the fit has not seen the "
    "model") {
  const SpeedLaw& law = catalog().speed().prefill;
  const std::vector<MeasuredRow> rows = rows_of(SpeedLawKind::kPrefill, all_rows());
  CHECK(rows.size() > 100);
  CHECK(summarize(residuals(law, rows)).median <= 0.25);
  CHECK(summarize(cross_validate(law, rows, by_device_and_model, kFolds, kSeed)).median <= 0.20);
}

TEST_CASE("prefill of devices that the fit has not seen is near, and in the band for unmeasured ones") {
  const SpeedLaw& law = catalog().speed().prefill;
  const std::vector<MeasuredRow> rows = rows_of(SpeedLawKind::kPrefill, all_rows());
  const std::vector<double> ratios = cross_validate(law, rows, by_device, rows.size(), 0);
  CHECK(summarize(ratios).median <= 0.26);
  CHECK(coverage(law, rows, ratios, true) >= 0.80);
}

TEST_CASE("the README tells the errors that the table of measurements gives") {
  const std::string table = readme_table(catalog().speed(), all_rows());
  INFO("README.md should have\n" << table);
  CHECK(test::read_project_file("README.md").find(table) != std::string::npos);
}

TEST_CASE("the constants that are shipped are those that the table of measurements gives") {
  for (const SpeedLawKind kind : {SpeedLawKind::kDecode, SpeedLawKind::kPrefill}) {
    const SpeedLaw& law = kind == SpeedLawKind::kDecode ? catalog().speed().decode : catalog().speed().prefill;
    const SpeedLaw fitted = fit_law(law, rows_of(kind, all_rows()));
    const std::vector<int> counts = count_rows(law, rows_of(kind, all_rows()));
    for (std::size_t i = 0; i < law.rows.size(); ++i) {
      INFO(law.rows[i].id << ": run fit_speed data/speed.json tests/truth/speed.csv --write");
      CHECK(law.rows[i].rows == counts[i]);
      for (std::size_t j = 0; j < kCoefficientCount; ++j) {
        CHECK(law.rows[i].coefficients[j] == Approx(fitted.rows[i].coefficients[j]).epsilon(0.005));
      }
    }
  }
}

TEST_CASE("every measured device is known to the constants, with its number of measurements") {
  const SpeedConstants& constants = catalog().speed();
  std::size_t rows = 0;
  for (const SpeedLaw* law : {&constants.decode, &constants.prefill}) {
    for (const MeasuredDevice& device : law->measured_devices) {
      CHECK(catalog().device(device.device).id == device.device);
      rows += static_cast<std::size_t>(device.rows);
    }
  }
  CHECK(rows == all_rows().size());
}

}  // namespace lfmfit::fit_speed
