#include "catalog/tensor_type_rows.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"

namespace {

using Catch::Matchers::Contains;
using lfmfit::read_tensor_types;

std::deque<lfmfit::TensorType> tensor_types_of(const std::string& rows) {
  return read_tensor_types("types.json", R"({"source": "test", "tensor_types": [)" + rows + "]}");
}

const std::string kQ8 = R"({"name": "q8_0", "ggml_id": 8, "block_elements": 32, "block_bytes": 34})";
const std::string kQ6 =
    R"({"name": "q6_k", "ggml_id": 14, "block_elements": 256, "block_bytes": 210, "fallback": "q8_0"})";

TEST_CASE("A fallback is found wherever its row stands") {
  const auto types = tensor_types_of(kQ6 + "," + kQ8);
  REQUIRE(types.size() == 2);
  CHECK(types[0].fallback == &types[1]);
  CHECK(types[1].fallback == nullptr);
  CHECK(types[0].ggml_id == 14);
  CHECK(types[0].quantized);
  CHECK_FALSE(
      tensor_types_of(R"({"name": "f16", "ggml_id": 1, "block_elements": 1, "block_bytes": 2})").front().quantized);
}

TEST_CASE("A wrong row of tensor types is named with what is wrong") {
  CHECK_THROWS_WITH(tensor_types_of(kQ6), Contains("types.json") && Contains("q6_k") && Contains("fallback"));
  CHECK_THROWS_WITH(tensor_types_of(kQ8 + "," + kQ8), Contains("\"name\"") && Contains("earlier"));
  CHECK_THROWS_WITH(tensor_types_of(R"({"name": "x", "ggml_id": 1, "block_elements": 0, "block_bytes": 2})"),
                    Contains("block_elements") && Contains("between 1 and"));
  CHECK_THROWS_WITH(tensor_types_of(R"({"name": "x", "ggml_id": 1, "block_elements": 1, "block_bytes": 2, "bits": 3})"),
                    Contains("bits") && Contains("unknown"));
  CHECK_THROWS_WITH(tensor_types_of(kQ8 + R"(,{"name": "x", "ggml_id": 8, "block_elements": 1, "block_bytes": 2})"),
                    Contains("ggml_id") && Contains("earlier"));
  CHECK_THROWS_WITH(
      tensor_types_of(R"({"name": "x", "ggml_id": 9, "block_elements": 32, "block_bytes": 34, "fallback": "q8_0"},)" +
                      kQ8),
      Contains("fallback") && Contains("no smaller"));
}

}  // namespace
