#include "lfmfit/backend.hpp"

#include "catch.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/error.hpp"

namespace {

using Catch::Matchers::Contains;
using namespace lfmfit;

Device made_up(DeviceClass device_class, const std::string& vendor, const std::string& usual) {
  Device device;
  device.device_class = device_class;
  device.vendor = vendor;
  device.backend = usual;
  return device;
}

/// The backends of the catalogue that drive `device`, in their order.
std::string drivers_of(const Device& device) {
  static const Catalog catalog;
  std::string names;
  for (const Backend& backend : catalog.backends()) {
    if (drives(backend, device)) names += (names.empty() ? "" : " ") + backend.name;
  }
  return names;
}

/// The message that a catalogue gives of a backend with these keys more.
std::string row_fault(const std::string& more) {
  const Catalog catalog(
      std::vector<Overlay>{{"my.json", R"({"backends":[{"name":"sycl","label":"SYCL",)" + more +
                                           R"("traits":{"alignment":128,"row_padding":0},"overheads":[]}]})"}});
  try {
    catalog.backends();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST_CASE("A backend drives the devices where it is usual, and those that its row adds") {
  CHECK(drivers_of(made_up(DeviceClass::kGpu, "NVIDIA", "cuda")) == "cuda vulkan");
  CHECK(drivers_of(made_up(DeviceClass::kServer, "NVIDIA", "cuda")) == "cuda vulkan");
  CHECK(drivers_of(made_up(DeviceClass::kUnified, "NVIDIA", "cuda")) == "cuda vulkan cpu");
  CHECK(drivers_of(made_up(DeviceClass::kGpu, "AMD", "rocm")) == "rocm vulkan");
  CHECK(drivers_of(made_up(DeviceClass::kUnified, "AMD", "vulkan")) == "rocm vulkan cpu");
  CHECK(drivers_of(made_up(DeviceClass::kGpu, "Intel", "vulkan")) == "vulkan sycl");
  CHECK(drivers_of(made_up(DeviceClass::kUnified, "Apple", "metal")) == "vulkan metal cpu");
  CHECK(drivers_of(made_up(DeviceClass::kCpu, "AMD", "cpu")) == "cpu");
}

TEST_CASE("What a backend's row says of devices and of llama-bench is checked") {
  CHECK(row_fault(R"("also_drives":[{"classes":["gpu"]}],"llama_bench_names":["oneAPI"],)").empty());
  CHECK_THAT(row_fault(R"("also_drives":[{"vendor":"Intel"}],)"), Contains("\"classes\""));
  CHECK_THAT(row_fault(R"("also_drives":[{"classes":["card"]}],)"), Contains("not \"card\""));
  CHECK_THAT(row_fault(R"("also_drives":[{"classes":["gpu"],"maker":"Intel"}],)"), Contains("\"maker\""));
  CHECK_THAT(row_fault(R"("llama_bench_names":[""],)"), Contains("\"llama_bench_names\""));
}

}  // namespace
