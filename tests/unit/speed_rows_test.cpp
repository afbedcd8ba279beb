#include "catalog/speed_rows.hpp"

#include <algorithm>

#include "catch.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

std::string overlay(const std::string& row) { return "{\"speed\": [" + row + "]}"; }

std::string row_text(const std::string& more) {
  return R"({"id": "cuda/mine", "label": "mine", "backend": "cuda", "parent": "cuda/Ada", "rows": {"decode": 3}, "factors": {"dense_read": 1.5})" +
         more + "}";
}

std::string message_of(const std::string& row) {
  try {
    Catalog({{"mine.json", overlay(row)}}).speed();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

double dense_read(const SpeedRow& row) { return row.coefficients[static_cast<std::size_t>(Coefficient::kDenseRead)]; }

}  // namespace

TEST_CASE("the rows of an overlay hold for what they name, and differ from their parents by their factors") {
  const Catalog catalog({{"mine.json", overlay(row_text(R"(, "hardware": [{"device": "rtx-4090"}])"))}});
  const SpeedRow& mine = speed_row(catalog.speed(), "cuda", catalog.device("rtx-4090"));
  const SpeedRow& other = speed_row(catalog.speed(), "cuda", catalog.device("rtx-4080"));
  CHECK(mine.label == "mine");
  CHECK(other.label == "Ada");
  CHECK(dense_read(mine) == Approx(1.5 * dense_read(other)));
}

TEST_CASE("a wrong row is refused by row and key") {
  CHECK(contains(message_of(row_text(R"(, "speed": 3)")), "speed"));
  CHECK(contains(message_of(row_text(R"(, "speed": 3)")), "cuda/mine"));
  CHECK(contains(message_of(row_text(R"(, "hardware": [{"family": "Ada"}])")), "family"));
  CHECK(contains(message_of(row_text(R"(, "prior": {"dense_read": -1})")), "dense_read"));
  CHECK(contains(message_of(row_text(R"(, "prior": {"dense_speed": 1})")), "dense_speed"));
  CHECK(contains(message_of(row_text(R"(, "kernels": {"launches": "none"})")), "none"));
  CHECK(contains(message_of(row_text(R"(, "bands": {"decode": {"low": 2}})")), "low"));
  std::string orphan = row_text("");
  orphan.replace(orphan.find("cuda/Ada"), 8, "cuda/Bob");
  CHECK(contains(message_of(orphan), "cuda/Bob"));
}

TEST_CASE("devices find the constants of their kind") {
  const Catalog catalog;
  const auto row_of = [&](const char* id) {
    const Device& device = catalog.device(id);
    return speed_row(catalog.speed(), device.backend, device).id;
  };
  CHECK(row_of("a100-sxm-80gb") == "cuda/Ampere 8.0");
  CHECK(row_of("rtx-3090") == "cuda/Ampere");
  CHECK(row_of("jetson-orin-nano-8gb") == "cuda/Orin");
  CHECK(row_of("p100-pcie-16gb") == "cuda/Pascal 6.0");
  CHECK(row_of("gtx-1080") == "cuda/Pascal");
  CHECK(row_of("gtx-1660") == "cuda/Turing without tensor cores");
  CHECK(row_of("b200") == "cuda/Blackwell 10");
  CHECK(row_of("rtx-5090") == "cuda/Blackwell");
  CHECK(row_of("dgx-spark") == "cuda/GB10");
  CHECK(row_of("dgx-h100") == "cuda/Hopper");
  CHECK(row_of("ryzen-ai-max-395-128gb") == "vulkan/RDNA3.5");
  CHECK(row_of("mi210") == "rocm/CDNA2");
  CHECK(row_of("apple-mac-studio-m2-ultra-192gb") == "metal/Apple M2 Ultra");
  CHECK(row_of("arc-b580") == "vulkan/Xe2");
  CHECK(row_of("arc-a770-8gb") == "vulkan/Xe1");
}

TEST_CASE("every device has constants for its usual backend, and every CPU is described in known words") {
  const Catalog catalog;
  for (const Device& device : catalog.devices()) {
    CAPTURE(device.id);
    CHECK_NOTHROW(speed_row(catalog.speed(), device.backend, device));
    if (device.cpu.cores == 0) {
      CHECK(device.device_class != DeviceClass::kCpu);
      continue;
    }
    const CpuConstants& cpu = catalog.speed().cpu;
    const auto known = [](const auto& rows, const std::string& name) {
      return std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return row.name == name; });
    };
    CHECK(known(cpu.instruction_sets, device.cpu.instruction_set));
    CHECK(known(cpu.platforms, device.cpu.platform));
  }
}

}  // namespace lfmfit
