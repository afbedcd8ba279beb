#include <set>
#include <string>

#include "catch.hpp"
#include "lfmfit/catalog.hpp"
#include "support/csv_rows.hpp"

namespace {

using namespace lfmfit;
using namespace lfmfit::literals;

/// A line of usable_memory.csv: the total that a machine printed, in whole MiB. Its scene is "default" where it is a
/// known product, asked through its usual backend or the like under Linux or a recent macOS, with nothing changed.
Bytes total_of(const test::CsvRow& row) { return std::stoll(row.at("total_mib")) * 1_MiB; }

TEST_CASE("Every total that a machine printed lies in the spread of its device, and is no less than what counts") {
  const Catalog catalog;
  std::set<std::string> products;
  for (const test::CsvRow& row : test::csv_rows("tests/truth/usable_memory.csv")) {
    if (row.at("scene") != "default") continue;
    INFO(row.at("product") << " " << row.at("api") << " " << row.at("total_mib") << " MiB, " << row.at("os"));
    const Device& device = catalog.device(row.at("product"));
    REQUIRE(device.id == row.at("product"));
    CHECK(device.usable <= total_of(row));
    CHECK(device.total.low <= total_of(row));
    CHECK(total_of(row) <= device.total.high + 1_MiB);  // what a line shows is rounded
    products.insert(device.id);
  }
  CHECK(products.size() > 50);
}

TEST_CASE("What was measured to the byte is stated to the byte") {
  const Catalog catalog;
  CHECK(catalog.device("h100-sxm").total.value == Bytes(85'017'493'504));
  CHECK(catalog.device("h200-sxm").total.value == Bytes(150'109'880'320));
  CHECK(catalog.device("apple-mac-studio-m3-ultra-256gb").usable == 228'065_MiB);
  CHECK(catalog.device("apple-mac-studio-m3-ultra-512gb").usable == 464_GiB);
}

/// What llama.cpp's buffers can have on `id` beside an idle context.
Bytes for_buffers(const Catalog& catalog, const char* id) {
  const Device& device = catalog.device(id);
  return device.usable - driver_share(catalog.backend(device.backend), &device, {}).value;
}

TEST_CASE("Cards offer their buffers no more than was ever seen free under Linux") {
  const Catalog catalog;
  CHECK(for_buffers(catalog, "rtx-4090") <= 23'650_MiB);
  CHECK(for_buffers(catalog, "rtx-3090") <= 23'900_MiB);
  CHECK(for_buffers(catalog, "rtx-4070-laptop") <= 7'600_MiB);
}

TEST_CASE("Beside a desktop of Windows cards leave no more than was ever seen free") {
  const Catalog catalog;
  const auto left = [&](const char* id) {
    const Device& device = catalog.device(id);
    return device.reported - device.desktop.value().on_windows.value().high;
  };
  CHECK(left("rtx-4090") <= 23'000_MiB);
  CHECK(left("rtx-3090") <= 23'330_MiB);
  CHECK(left("rtx-5060-ti-16gb") <= 15'150_MiB);
}

}  // namespace
