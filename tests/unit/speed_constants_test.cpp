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
  row.factors.fill(1);
  return row;
}

SpeedConstants constants() {
  SpeedConstants constants;
  HardwareMatch data_center{"Ampere", {"8.0"}, "", "", ""}, hopper{"Hopper", {}, "", "", ""};
  constants.rows = {row("any", {}),
                    row("data center", {data_center, hopper}),
                    row("Ampere", {{"Ampere", {"8.6", "8.7"}, "", "", ""}}),
                    row("gfx11", {{"", {}, "gfx11", "", ""}}),
                    row("Ultra", {{"", {}, "", "Apple M1 Ultra", ""}}),
                    row("mine", {{"", {}, "", "", "rtx-3090"}})};
  return constants;
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
  CHECK(speed_row(constants(), "cuda", device("a40", "Ampere", "8.6")).id == "Ampere");
  CHECK(speed_row(constants(), "cuda", device("a100", "Ampere", "8.0")).id == "data center");
  CHECK(speed_row(constants(), "cuda", device("h100", "Hopper", "9.0")).id == "data center");
  CHECK(speed_row(constants(), "cuda", device("rtx-3090", "Ampere", "8.6")).id == "mine");
  CHECK(speed_row(constants(), "cuda", device("p40", "Pascal", "6.1")).id == "any");
}

TEST_CASE("a backend without constants is refused by name") {
  CHECK_THROWS_WITH(speed_row(constants(), "cann", Device{}), Catch::Contains("cann"));
}

TEST_CASE("AMD's targets are matched by how they begin, Apple's chips by name") {
  Device amd = device("apu", "AMD APU", ""), apple = device("studio", "Apple M1", "");
  amd.gfx = "gfx1103";
  apple.chip = "Apple M1 Ultra";
  CHECK(speed_row(constants(), "cuda", amd).id == "gfx11");
  CHECK(speed_row(constants(), "cuda", apple).id == "Ultra");
  amd.gfx = "gfx90c";
  apple.chip = "Apple M1";
  CHECK(speed_row(constants(), "cuda", amd).id == "any");
  CHECK(speed_row(constants(), "cuda", apple).id == "any");
}

TEST_CASE("a row is its parent times its factors, with the parent's kernels and bands unless it states its own") {
  std::vector<SpeedRow> rows{row("root", {}), row("child", {}), row("grandchild", {})};
  rows[0].factors.fill(2);
  rows[0].kernels.widest_tile = 64;
  rows[0].bands[0] = {0.9, 1.1, 0.8, 1.2};
  rows[0].note = "known";
  rows[1].factors.fill(3);
  rows[1].parent = "root";
  rows[1].own_bands[1] = true;
  rows[1].bands[1] = {0.7, 1.3, 0.6, 1.4};
  rows[2].factors.fill(0.5);
  rows[2].parent = "child";
  rows[2].own_kernels = true;
  rows[2].kernels.widest_tile = 32;
  resolve(rows);
  CHECK(rows[1].coefficients[0] == 6);
  CHECK(rows[1].kernels.widest_tile == 64);
  CHECK(rows[2].coefficients[0] == 3);
  CHECK(rows[2].kernels.widest_tile == 32);
  CHECK(rows[2].bands[0].low == 0.9);
  CHECK(rows[2].bands[1].low == 0.7);
  CHECK(rows[2].note == "known");
}

TEST_CASE("measurements are those of the device, on that backend and of that question") {
  SpeedConstants constants;
  constants.measured_devices = {{"cuda", "rtx-3090", {12, 0, 0}, 1, 1, ""},
                                {"vulkan", "rtx-3090", {2, 1, 0}, 1, 1, ""}};
  Device device;
  device.id = "rtx-3090";
  CHECK(measured_rows(constants, SpeedQuestion::kDecode, "vulkan", device) == 2);
  CHECK(measured_rows(constants, SpeedQuestion::kPrefill, "cuda", device) == 0);
  CHECK(measured_rows(constants, SpeedQuestion::kDecode, "metal", device) == 0);
}

TEST_CASE("one chip has one speed whatever its memory, and a server's GPU is that GPU") {
  const Catalog catalog;
  const auto chip = [&](const char* id) { return speed_chip(catalog.device(id)); };
  CHECK(chip("dgx-h200") == chip("h200-sxm"));
  CHECK(chip("rtx-4060-ti-8gb") == chip("rtx-4060-ti-16gb"));
  CHECK(chip("apple-macbook-air-m4-16gb") == chip("apple-mac-mini-m4-32gb"));
  CHECK(chip("apple-macbook-pro-m4-max-32c-36gb") != chip("apple-macbook-pro-m4-max-40c-48gb"));
  CHECK(chip("rtx-3060-8gb") != chip("rtx-3060-12gb"));
  CHECK(measured_rows(catalog.speed(), SpeedQuestion::kDecode, "cuda", catalog.device("dgx-h200")) ==
        measured_rows(catalog.speed(), SpeedQuestion::kDecode, "cuda", catalog.device("h200-sxm")));
}

}  // namespace lfmfit
