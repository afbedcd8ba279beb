#include "lfmfit/units.hpp"

#include <limits>

#include "catch.hpp"
#include "lfmfit/error.hpp"

namespace {

using namespace lfmfit;
using namespace lfmfit::literals;

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

TEST_CASE("Counts add, subtract and scale like whole numbers") {
  CHECK((Bytes(2) + Bytes(3)).count() == 5);
  CHECK((Bytes(2) - Bytes(3)).count() == -1);
  CHECK((Tokens(7) * 3).count() == 21);
  CHECK((3 * Tokens(7)).count() == 21);
  Bytes sum(1);
  sum += Bytes(2);
  CHECK(sum == Bytes(3));
  CHECK(Bytes().count() == 0);
  CHECK(Bytes(2) < Bytes(3));
}

TEST_CASE("A count up to the last that 63 bits hold is exact") {
  CHECK((Bytes(kMost - 1) + Bytes(1)).count() == kMost);
  CHECK((Bytes(kLeast + 1) - Bytes(1)).count() == kLeast);
  CHECK((Bytes(-1) - Bytes(kLeast)).count() == kMost);
  CHECK((Bytes(kMost / 7) * 7).count() == kMost);
  CHECK(round_up(kMost - 255, 256) == kMost - 255);
}

TEST_CASE("No operator of a count wraps: each refuses what exceeds 63 bits") {
  Bytes most(kMost);
  CHECK_THROWS_AS(most + Bytes(1), Error);
  CHECK_THROWS_AS(Bytes(-2) + Bytes(kLeast), Error);
  CHECK_THROWS_AS(Bytes(kLeast) - Bytes(1), Error);
  CHECK_THROWS_AS(Bytes(0) - Bytes(kLeast), Error);
  CHECK_THROWS_AS(most - Bytes(-1), Error);
  CHECK_THROWS_AS(Bytes(kMost / 2 + 1) * 2, Error);
  CHECK_THROWS_AS(2 * Bytes(kMost / 2 + 1), Error);
  CHECK_THROWS_AS(Bytes(kLeast) * -1, Error);
  CHECK_THROWS_AS(most += Bytes(1), Error);
  CHECK(most.count() == kMost);  // a refused addition changes nothing
}

TEST_CASE("A size that does not fit is the request's fault, and the message names what to look at") {
  try {
    static_cast<void>(checked_multiply(kMost, 2));
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadRequest);
    CHECK(std::string(error.what()).find("context") != std::string::npos);
  }
}

TEST_CASE("Rounding up keeps multiples, and refuses what has no multiple below 2^63") {
  CHECK(round_up(0, 256) == 0);
  CHECK(round_up(1, 256) == 256);
  CHECK(round_up(256, 256) == 256);
  CHECK(round_up(257, 256) == 512);
  CHECK(round_up(5, 1) == 5);
  CHECK_THROWS_AS(round_up(kMost, 256), Error);
  CHECK_THROWS_AS(round_up(kMost - 254, 256), Error);
}

TEST_CASE("GiB are powers of two and GB powers of ten") {
  CHECK((1_KiB).count() == 1024);
  CHECK((1_MiB).count() == 1'048'576);
  CHECK((1_GiB).count() == 1'073'741'824);
  CHECK((1_GB).count() == 1'000'000'000);
  CHECK((24_GiB).count() == 25'769'803'776);
  CHECK((24_GB).count() == 24'000'000'000);
  CHECK((17_B).count() == 17);
  CHECK((4096_tokens).count() == 4096);
  CHECK(in_gb(24_GB) == 24);
  CHECK(in_gib(24_GiB) == 24);
  CHECK(in_gb(1_GiB) == Approx(1.073741824));
  CHECK(in_gib(1_GB) == Approx(0.931322575));
}

TEST_CASE("A literal is no way around the check") {
  CHECK((8'589'934'591_GiB).count() == kMost - (1LL << 30) + 1);
  CHECK_THROWS_AS(8'589'934'592_GiB, Error);
  CHECK_THROWS_AS(8'796'093'022'208_MiB, Error);
  CHECK_THROWS_AS(9'007'199'254'740'992_KiB, Error);
  CHECK_THROWS_AS(9'223'372'037_GB, Error);
  CHECK_THROWS_AS(9'223'372'036'854'775'808_B, Error);
  CHECK_THROWS_AS(18'446'744'073'709'551'615_tokens, Error);
}

TEST_CASE("GiB with a fraction become the nearest whole bytes") {
  CHECK(from_gib(0.5).count() == 536'870'912);
  CHECK(from_gib(10.5).count() == 11'274'289'152);
  CHECK(from_gib(0.001).count() == 1'073'742);  // 1,073,741.824
  CHECK(from_gib(0).count() == 0);
}

TEST_CASE("Quantities add and scale; their ratio is a plain number") {
  CHECK((Seconds(1.5) + Seconds(0.25)).value() == 1.75);
  CHECK((Bandwidth(3) * 2).value() == 6);
  CHECK((2 * Bandwidth(3)).value() == 6);
  CHECK((Bandwidth(3) / 2).value() == 1.5);
  CHECK(TokenRate(30) / TokenRate(20) == 1.5);
  Seconds sum(1);
  sum += Seconds(2);
  CHECK(sum == Seconds(3));
  CHECK(gb_per_second(1008).value() == 1.008e12);
  CHECK(teraflops(82.5).value() == 8.25e13);
}

TEST_CASE("The time to move bytes is their number by the bandwidth") {
  CHECK((3_GB / gb_per_second(2)).value() == 1.5);
  CHECK((1_GiB / gb_per_second(1)).value() == Approx(1.073741824));
}

}  // namespace
