#include "core/base/number_text.hpp"

#include "catch.hpp"

using lfmfit::grouped;

TEST_CASE("digits are grouped in threes") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(1170340608) == "1,170,340,608");
  CHECK(grouped(-128) == "-128");
  CHECK(grouped(-128000) == "-128,000");
}
