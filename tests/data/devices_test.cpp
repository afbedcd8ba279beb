#include <set>

#include "catch.hpp"
#include "lfmfit/backend.hpp"
#include "lfmfit/catalog.hpp"

namespace {

using namespace lfmfit;

TEST_CASE("Every row of a device is sound") {
  const Catalog catalog;
  std::set<std::string> ids;
  REQUIRE(catalog.devices().size() > 400);
  for (const Device& device : catalog.devices()) {
    INFO(device.id);
    CHECK(ids.insert(device.id).second);
    CHECK_FALSE(device.name.empty());
    CHECK_FALSE(device.source.empty());
    CHECK(std::set<std::string>{"high", "medium", "low"}.count(device.confidence) == 1);
    CHECK(std::set<std::string>{"consumer", "laptop", "workstation", "datacenter", "edge"}.count(device.segment) == 1);
    CHECK(device.memory >= from_gib(0.5));
    CHECK(device.usable <= device.memory);
    CHECK(device.usable.count() > 0);
    CHECK(device.bandwidth.value() >= 1e9);
    CHECK(device.bandwidth.value() <= 30e12);
    CHECK(device.year >= 2010);
    CHECK(device.fp16.value() <= 1e16);
  }
}

TEST_CASE("A pool says why one process cannot have all of it") {
  const Catalog catalog;
  for (const Device& device : catalog.devices()) {
    if (device.device_class != DeviceClass::kUnified) continue;
    INFO(device.id);
    CHECK_FALSE(device.usable_note.empty());
    CHECK(device.usable < device.memory);
  }
}

TEST_CASE("NVIDIA parts of one generation are told apart by their compute capability") {
  const Catalog catalog;
  for (const Device& device : catalog.devices()) {
    INFO(device.id);
    if (device.backend == "cuda") CHECK_FALSE(device.compute_capability.empty());
  }
}

TEST_CASE("A server names a GPU that has a row and the same memory") {
  const Catalog catalog;
  for (const Device& device : catalog.devices()) {
    if (device.gpu.empty()) continue;
    INFO(device.id);
    const Device& single = catalog.device(device.gpu);
    CHECK(single.id == device.gpu);
    CHECK(single.memory == device.memory);
    CHECK(single.bandwidth == device.bandwidth);
  }
}

TEST_CASE("Every device's backend can be asked for its driver's share") {
  const Catalog catalog;
  const std::set<std::string> foreign{"cann", "musa"};
  for (const Device& device : catalog.devices()) {
    INFO(device.id);
    if (foreign.count(device.backend) != 0) continue;
    const ByteRange bytes = driver_overhead(catalog.backend(device.backend), device.generation).bytes;
    CHECK(bytes.low <= bytes.value);
    CHECK(bytes.value <= bytes.high);
    CHECK(bytes.high < from_gib(2));
  }
}

}  // namespace
