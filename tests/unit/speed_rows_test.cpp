#include "catalog/speed_rows.hpp"

#include "catch.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

std::string overlay(const std::string& row) { return "{\"speed\": [" + row + "]}"; }

std::string row_text(const std::string& more) {
  return R"({"id": "decode/cuda/mine", "law": "decode", "label": "mine", "backend": "cuda", "parent": "decode/cuda", "rows": 3,
             "dense_read": 2, "expert_read": 2, "launch_us": 2, "kv_read": 2)" +
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

}  // namespace

TEST_CASE("the rows of an overlay hold for what they name") {
  const Catalog catalog({{"mine.json", overlay(row_text(R"(, "compute": 2, "hardware": [{"device": "rtx-4090"}])"))}});
  const SpeedLaw& law = catalog.speed().decode;
  CHECK(speed_row(law, "cuda", catalog.device("rtx-4090")).label == "mine");
  CHECK(speed_row(law, "cuda", catalog.device("rtx-4080")).label == "Ada");
}

TEST_CASE("a row of an overlay replaces the one of its id") {
  std::string text = row_text(R"(, "compute": 2, "hardware": [{"generation": "Ada"}])");
  text.replace(text.find("decode/cuda/mine"), 16, "decode/cuda/Ada");
  const Catalog catalog({{"mine.json", overlay(text)}});
  CHECK(speed_row(catalog.speed().decode, "cuda", catalog.device("rtx-4090")).label == "mine");
}

TEST_CASE("a wrong row is refused by row and key") {
  CHECK(contains(message_of(row_text("")), "\"compute\" is missing"));
  CHECK(contains(message_of(row_text("")), "decode/cuda/mine"));
  CHECK(contains(message_of(row_text(R"(, "compute": -1)")), "compute"));
  CHECK(contains(message_of(row_text(R"(, "compute": 2, "speed": 3)")), "speed"));
  CHECK(contains(message_of(row_text(R"(, "compute": 2, "hardware": [{"family": "Ada"}])")), "family"));
  std::string orphan = row_text(R"(, "compute": 2)");
  orphan.replace(orphan.find("\"parent\": \"decode/cuda\""), 23, "\"parent\": \"decode/none\"");
  CHECK(contains(message_of(orphan), "decode/none"));
}

TEST_CASE("devices find the constants of their kind") {
  const Catalog catalog;
  const auto row_of = [&](const char* id) {
    const Device& device = catalog.device(id);
    return speed_row(catalog.speed().decode, device.backend, device).id;
  };
  CHECK(row_of("a100-sxm-80gb") == "decode/cuda/Ampere 8.0");
  CHECK(row_of("rtx-3090") == "decode/cuda/Ampere");
  CHECK(row_of("jetson-orin-nano-8gb") == "decode/cuda/Ampere");
  CHECK(row_of("p100-pcie-16gb") == "decode/cuda/Pascal 6.0");
  CHECK(row_of("gtx-1080") == "decode/cuda/Pascal");
  CHECK(row_of("b200") == "decode/cuda/Blackwell 10");
  CHECK(row_of("rtx-5090") == "decode/cuda/Blackwell");
  CHECK(row_of("dgx-spark") == "decode/cuda/GB10");
  CHECK(row_of("dgx-h100") == "decode/cuda/Hopper");
  CHECK(row_of("ryzen-ai-max-395-128gb") == "decode/vulkan/RDNA3.5");
  CHECK(row_of("mi210") == "decode/rocm hbm");
}

}  // namespace lfmfit
