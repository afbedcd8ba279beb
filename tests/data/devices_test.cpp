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
    CHECK(device.usable.count() > 0);
    CHECK(device.usable <= device.total.high);
    CHECK(device.total.low <= device.total.value);
    CHECK(device.total.value <= device.total.high);
    CHECK(device.total.high <= device.reported);
    CHECK(device.reported <= device.memory);
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
    CHECK(single.usable == device.usable);
  }
}

TEST_CASE("A card says what of it is not for a process") {
  const Catalog catalog;
  const std::set<std::string> known{"NVIDIA", "AMD", "Intel"};
  for (const Device& device : catalog.devices()) {
    if (device.device_class != DeviceClass::kGpu || known.count(device.vendor) == 0) continue;
    INFO(device.id);
    CHECK(device.usable < device.memory);
    CHECK_FALSE(device.usable_note.empty());
    CHECK(device.desktop.has_value() == (device.segment != "datacenter"));
  }
}

TEST_CASE("A knob gives the GPU more and leaves the system 4 to 8 GiB") {
  const Catalog catalog;
  CHECK(catalog.device("apple-mac-mini-m4-pro-64gb").knob->how ==
        "sudo sysctl iogpu.wired_limit_mb=57344, until the next start");
  CHECK(catalog.device("ryzen-ai-max-395-128gb").knob->value == 120LL * 1024 * 1024 / 4);
  CHECK_FALSE(catalog.device("apple-macbook-air-m1-8gb").knob);
  CHECK_FALSE(catalog.device("rtx-4090").knob);
  for (const Device& device : catalog.devices()) {
    if (!device.knob) continue;
    INFO(device.id);
    CHECK(device.knob->usable > device.usable);
    CHECK(device.knob->usable + device.knob->leaves == device.memory);
    CHECK(device.knob->leaves >= from_gib(4));
    CHECK(device.knob->leaves <= from_gib(8.1));
  }
}

TEST_CASE("The RAM of a machine is known where its row says it, and holds at least what the GPU may use of a pool") {
  const Catalog catalog;
  CHECK(catalog.device("dgx-h100").host_memory == from_gib(2040));
  CHECK(catalog.device("dgx-spark").host_memory == from_gib(114.6));  // of what CUDA lists, not of the label
  CHECK_FALSE(catalog.device("rtx-4090").host_memory);
  for (const Device& device : catalog.devices()) {
    INFO(device.id);
    const bool is_pool = device.device_class == DeviceClass::kUnified;
    if (device.device_class == DeviceClass::kCpu) CHECK(device.host_memory == device.usable);
    if (is_pool) CHECK(device.host_memory >= device.usable);
    if (is_pool) CHECK(device.host_memory < device.memory);
  }
}

TEST_CASE("NVIDIA's GPUs say how many multiprocessors they have, as many as their FP32 asks for") {
  const Catalog catalog;
  const auto lanes = [](const std::string& capability) {
    if (capability.starts_with("3.")) return 192;
    return std::set<std::string>{"6.0", "7.0", "7.2", "7.5", "8.0"}.count(capability) != 0 ? 64 : 128;
  };
  for (const Device& device : catalog.devices()) {
    if (device.vendor != "NVIDIA" || device.device_class == DeviceClass::kCpu) continue;
    INFO(device.id);
    CHECK(device.multiprocessors > 0);
    if (device.fp32 == ComputeRate(0)) continue;
    const double hertz = device.fp32.value() / (2.0 * device.multiprocessors * lanes(device.compute_capability));
    CHECK(hertz > 0.6e9);
    CHECK(hertz < 3.1e9);
  }
}

TEST_CASE("Every device's backend can be asked for its driver's share") {
  const Catalog catalog;
  const std::set<std::string> foreign{"cann", "musa"};
  for (const Device& device : catalog.devices()) {
    INFO(device.id);
    if (foreign.count(device.backend) != 0) continue;
    const ByteRange bytes = driver_share(catalog.backend(device.backend), &device, {});
    CHECK(bytes.low <= bytes.value);
    CHECK(bytes.value <= bytes.high);
    CHECK(bytes.high < from_gib(2));
  }
}

}  // namespace
