#include "lfmfit/tensor.hpp"

#include <limits>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/quantization_data.hpp"

namespace {

using Catch::Matchers::Contains;
using namespace lfmfit;
using test::tensor_type;

constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

TEST_CASE("A row is as many blocks as its numbers fill") {
  CHECK(row_bytes(tensor_type("f16"), 512).count() == 1024);
  CHECK(row_bytes(tensor_type("q8_0"), 512).count() == 512 / 32 * 34);
  CHECK(row_bytes(tensor_type("q4_k"), 512).count() == 512 / 256 * 144);
  CHECK(row_bytes(tensor_type("q4_k"), 0).count() == 0);
}

TEST_CASE("A row that fills no whole number of blocks is refused with the type and the block") {
  CHECK_THROWS_WITH(row_bytes(tensor_type("q4_0"), 100), Contains("100") && Contains("q4_0") && Contains("32"));
  CHECK_THROWS_AS(row_bytes(tensor_type("f32"), -1), Error);
}

TEST_CASE("A tensor's bytes are its rows' bytes") {
  CHECK(element_count({2048, 1792, 32, 1}) == 117'440'512);
  CHECK(tensor_bytes({2048, 1792, 32, 1}, tensor_type("q4_k")).count() == 117'440'512 / 256 * 144);
  CHECK(tensor_bytes({65, 1, 1, 1}, tensor_type("f32")).count() == 260);
  CHECK(tensor_bytes({32, 0, 5, 1}, tensor_type("q8_0")).count() == 0);
}

TEST_CASE("Sizes that exceed 63 bits are refused, not wrapped") {
  CHECK_THROWS_AS(element_count({kHuge, 2, 1, 1}), Error);
  CHECK_THROWS_AS(element_count({1, std::int64_t{1} << 32, std::int64_t{1} << 31, 1}), Error);
  CHECK_THROWS_AS(tensor_bytes({kHuge, 1, 1, 1}, tensor_type("f16")), Error);
  CHECK_THROWS_AS(tensor_bytes({kHuge / 4, 2, 1, 1}, tensor_type("f32")), Error);
}

TEST_CASE("A negative dimension is refused, even where two of them would cancel") {
  CHECK_THROWS_AS(element_count({32, -1, -1, 1}), Error);
  CHECK_THROWS_AS(tensor_bytes({32, -1, -1, 1}, tensor_type("f16")), Error);
}

}  // namespace
