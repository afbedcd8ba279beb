#include "render/device_group.hpp"

#include "catch.hpp"

using namespace lfmfit;
using namespace lfmfit::render;

namespace {

Device device(const std::string& name, std::int64_t memory) {
  Device device;
  device.name = name;
  device.memory = Bytes(memory);
  return device;
}

DeviceRow row(const Device& device, double rate) {
  Speed speed;
  speed.decode.value = speed.decode.low = speed.decode.high = TokenRate(rate);
  return {&device, nullptr, {}, speed, {}};
}

}  // namespace

TEST_CASE("devices that differ in their memory only share a line") {
  const Device large = device("Studio M3 512GB", 512), small = device("Studio M3 96GB", 96),
               other = device("Studio M2 96GB", 96);
  const std::vector<DeviceRow> rows = {row(large, 469), row(small, 469), row(other, 469)};
  const std::vector<DeviceGroup> groups = device_groups(rows, true);
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].name() == "Studio M3 96GB+");
  CHECK(groups[0].smallest().device == &small);
  CHECK(groups[1].name() == "Studio M2 96GB");
  CHECK(devices_in(groups, 1) == 2);
  CHECK(devices_in(groups, 9) == 3);
  CHECK(device_groups(rows, false).size() == 3);
}

TEST_CASE("a difference that a line shows keeps devices apart") {
  const Device large = device("Studio M3 512GB", 512), small = device("Studio M3 96GB", 96),
               unsized = device("Studio M3", 96);
  CHECK(device_groups({row(large, 469), row(small, 400)}, true).size() == 2);
  CHECK(device_groups({row(unsized, 469), row(unsized, 469)}, true).size() == 2);
  DeviceRow tight = row(small, 469);
  tight.fit.verdict = Verdict::kTight;
  CHECK(device_groups({row(large, 469), tight}, true).size() == 2);
}
