#include "lfmfit/speed_constants.hpp"

#include "catch.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

SpeedRow row(const std::string& id, std::vector<HardwareMatch> hardware) {
  SpeedRow row;
  row.id = id;
  row.backend = "cuda";
  row.hardware = std::move(hardware);
  return row;
}

SpeedLaw law() {
  SpeedLaw law;
  law.rows = {row("any", {}), row("data center", {{"Ampere", {"8.0"}, ""}, {"Hopper", {}, ""}}),
              row("Ampere", {{"Ampere", {"8.6", "8.7"}, ""}}), row("mine", {{"", {}, "rtx-3090"}})};
  return law;
}

Device device(const std::string& id, const std::string& generation, const std::string& compute_capability) {
  Device device;
  device.id = id;
  device.generation = generation;
  device.compute_capability = compute_capability;
  return device;
}

}  // namespace

TEST_CASE("of the rows that match a device, the last one holds") {
  CHECK(speed_row(law(), "cuda", device("a40", "Ampere", "8.6")).id == "Ampere");
  CHECK(speed_row(law(), "cuda", device("a100", "Ampere", "8.0")).id == "data center");
  CHECK(speed_row(law(), "cuda", device("h100", "Hopper", "9.0")).id == "data center");
  CHECK(speed_row(law(), "cuda", device("rtx-3090", "Ampere", "8.6")).id == "mine");
  CHECK(speed_row(law(), "cuda", device("p40", "Pascal", "6.1")).id == "any");
}

TEST_CASE("a backend without constants is refused by name") {
  CHECK_THROWS_WITH(speed_row(law(), "cann", Device{}), Catch::Contains("cann"));
}

TEST_CASE("the first band that matches holds") {
  SpeedLaw law;
  law.bands = {
      {"metal", std::nullopt, 0.5, 1.5, 0.4, 1.6}, {"", true, 0.6, 1.4, 0.5, 1.5}, {"", false, 0.7, 1.3, 0.6, 1.4}};
  CHECK(speed_band(law, "metal", true).low == 0.5);
  CHECK(speed_band(law, "cuda", true).low == 0.6);
  CHECK(speed_band(law, "cuda", false).low == 0.7);
  law.bands.pop_back();
  CHECK_THROWS_AS(speed_band(law, "cuda", false), Error);
}

TEST_CASE("measurements are those of the device on that backend") {
  SpeedLaw law;
  law.measured_devices = {{"cuda", "rtx-3090", 12, ""}, {"vulkan", "rtx-3090", 2, ""}};
  Device device;
  device.id = "rtx-3090";
  CHECK(measured_rows(law, "vulkan", device) == 2);
  CHECK(measured_rows(law, "metal", device) == 0);
}

TEST_CASE("one chip has one speed whatever its memory, and a server's GPU is that GPU") {
  const Catalog catalog;
  const auto chip = [&](const char* id) { return speed_chip(catalog.device(id)); };
  CHECK(chip("dgx-h200") == chip("h200-sxm"));
  CHECK(chip("rtx-4060-ti-8gb") == chip("rtx-4060-ti-16gb"));
  CHECK(chip("apple-macbook-air-m4-16gb") == chip("apple-mac-mini-m4-32gb"));
  CHECK(chip("apple-macbook-pro-m4-max-32c-36gb") != chip("apple-macbook-pro-m4-max-40c-48gb"));
  CHECK(chip("rtx-3060-8gb") != chip("rtx-3060-12gb"));
  CHECK(measured_rows(catalog.speed().decode, "cuda", catalog.device("dgx-h200")) ==
        measured_rows(catalog.speed().decode, "cuda", catalog.device("h200-sxm")));
}

}  // namespace lfmfit
