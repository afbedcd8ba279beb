#include <fstream>

#include "catalog/speed_rows.hpp"
#include "catch.hpp"
#include "fit_speed/bands.hpp"
#include "fit_speed/constants_fit.hpp"
#include "fit_speed/error_table.hpp"
#include "fit_speed/measured_row.hpp"
#include "support/source_folder.hpp"

// How the constants that are shipped hold against the table of measured speeds.
namespace lfmfit::fit_speed {

namespace {

const Catalog& catalog() {
  static const Catalog catalog;
  return catalog;
}

template <class Read>
auto read_table(const char* name, Read read) {
  const std::string path = test::source_folder() + "/tests/truth/" + name;
  std::ifstream table(path);
  return read(table, path);
}

const std::vector<MeasuredRow>& all_rows() {
  static const std::vector<MeasuredRow> rows = read_table(
      "speed.csv", [](std::istream& table, const std::string& path) { return read_rows(table, path, catalog()); });
  return rows;
}

const std::vector<Era>& eras() {
  static const std::vector<Era> eras =
      read_table("speed_eras.csv", [](std::istream& table, const std::string& path) { return read_eras(table, path); });
  return eras;
}

const std::vector<double>& all_ratios() {
  static const std::vector<double> ratios = ratios_of(catalog().speed(), all_rows(), eras());
  return ratios;
}

template <class Chosen>
ErrorSummary errors_of(Chosen chosen) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < all_rows().size(); ++i) {
    if (chosen(all_rows()[i])) ratios.push_back(all_ratios()[i]);
  }
  return summarize(ratios);
}

bool is_plain(const MeasuredRow& row, SpeedQuestion question) {
  return row.run.question == question && !row.on_host && row.runtime.empty();
}

bool is_hopper(const MeasuredRow& row) { return row.device->generation == "Hopper" && row.date == "2026-11"; }

}  // namespace

TEST_CASE("tokens, prompts and requests on an H100 and an H200 are estimated within 5, 6 and 5 % of the median") {
  CHECK(errors_of([](const MeasuredRow& row) {
          return is_hopper(row) && is_plain(row, SpeedQuestion::kDecode);
        }).median <= 0.05);
  CHECK(errors_of([](const MeasuredRow& row) {
          return is_hopper(row) && is_plain(row, SpeedQuestion::kPrefill);
        }).median <= 0.06);
  CHECK(errors_of([](const MeasuredRow& row) {
          return is_hopper(row) && is_plain(row, SpeedQuestion::kThroughput);
        }).median <= 0.05);
  CHECK(errors_of([](const MeasuredRow& row) { return is_hopper(row) && row.on_host; }).median <= 0.15);
}

TEST_CASE("public measurements of decode are estimated within 5 % of the median, and of nine in ten within 20 %") {
  const ErrorSummary errors = errors_of([](const MeasuredRow& row) { return is_plain(row, SpeedQuestion::kDecode); });
  CHECK(errors.rows > 700);
  CHECK(errors.median <= 0.05);
  CHECK(errors.within_20 >= 0.90);
  for (const char* backend : {"cuda", "rocm", "vulkan", "metal", "cpu"}) {
    CAPTURE(backend);
    CHECK(errors_of([&](const MeasuredRow& row) {
            return is_plain(row, SpeedQuestion::kDecode) && row.backend->name == backend;
          }).median <= 0.07);
  }
}

TEST_CASE("public measurements of prompts are estimated within 8 % of the median, and of eight in ten within 20 %") {
  const ErrorSummary errors = errors_of([](const MeasuredRow& row) { return is_plain(row, SpeedQuestion::kPrefill); });
  CHECK(errors.rows > 500);
  CHECK(errors.median <= 0.08);
  CHECK(errors.within_20 >= 0.80);
}

TEST_CASE("requests together are estimated within 12 % of the median, layers and experts in host memory within 20 %") {
  CHECK(errors_of([](const MeasuredRow& row) { return is_plain(row, SpeedQuestion::kThroughput); }).median <= 0.12);
  CHECK(errors_of([](const MeasuredRow& row) { return row.on_host; }).median <= 0.20);
}

TEST_CASE("dense models of the LFM2 family decode within 6 % of the median measurement") {
  const ErrorSummary errors = errors_of(
      [](const MeasuredRow& row) { return is_plain(row, SpeedQuestion::kDecode) && is_lfm2(row) && !row.has_experts; });
  CHECK(errors.rows > 60);
  CHECK(errors.median <= 0.06);
}

TEST_CASE("bands hold four of five measurements") {
  for (const SpeedQuestion question : {SpeedQuestion::kDecode, SpeedQuestion::kPrefill, SpeedQuestion::kThroughput})
    CHECK(coverage(catalog().speed(), all_rows(), all_ratios(), question, false) >= 0.80);
}

TEST_CASE("every measured device is known to the constants, and none that the estimates miss is called measured") {
  for (const MeasuredDevice& device : catalog().speed().measured_devices) {
    CHECK(catalog().device(device.device).id == device.device);
  }
  SpeedConstants counted = catalog().speed();
  count_measurements(counted, all_rows(), all_ratios());
  for (std::size_t i = 0; i < counted.measured_devices.size(); ++i) {
    CAPTURE(counted.measured_devices[i].device, counted.measured_devices[i].backend);
    CHECK(counted.measured_devices[i].rows == catalog().speed().measured_devices[i].rows);
  }
}

}  // namespace lfmfit::fit_speed
