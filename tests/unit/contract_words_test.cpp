#include "ask/contract_words.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"

using namespace lfmfit;
using namespace lfmfit::literals;

TEST_CASE("sizes carry their units, and a bare number is bytes") {
  CHECK(ask::size_word(1024) == 1_KiB);
  CHECK(ask::size_word("1.5 GiB") == 1536_MiB);
  CHECK(ask::size_word("500MB") == 500'000'000_B);
  CHECK(ask::size_word("0 B") == 0_B);
  const auto wrong = GENERATE("1 G", "1", "GB", "-1 GB", "1  GB", "1 gb", "1e3 GB", "inf GB", "999999999999 TiB", "");
  CAPTURE(wrong);
  CHECK_THROWS_AS(ask::size_word(wrong), Error);
}

TEST_CASE("a share is a percentage of what is usable") {
  CHECK(size_of(ask::size_or_share_word("10 %"), 5_GB) == 500'000'000_B);
  CHECK(size_of(ask::size_or_share_word("2 GB"), 5_GB) == 2_GB);
  CHECK_THROWS_AS(ask::size_or_share_word("101 %"), Error);
  CHECK_THROWS_AS(ask::size_or_share_word(nullptr), Error);
}

TEST_CASE("times are seconds or milliseconds") {
  CHECK(ask::seconds_word("250 ms").value() == Approx(0.25));
  CHECK(ask::seconds_word("2 s").value() == Approx(2));
  CHECK(ask::seconds_word(0.5).value() == Approx(0.5));
  for (const char* wrong : {"2", "0 s", "2 min"}) CHECK_THROWS_AS(ask::seconds_word(wrong), Error);
}

TEST_CASE("a range of versions holds the versions in it") {
  CHECK(ask::is_in_versions(">=0.1", "0.1.0"));
  CHECK(ask::is_in_versions(">=0.9 <1.0", "0.10.2"));
  CHECK_FALSE(ask::is_in_versions(">=0.2", "0.1.9"));
  CHECK_FALSE(ask::is_in_versions(">=0.1 <0.2", "0.2.0"));
  for (const char* wrong : {"0.1", ">=1", ">=0.1 0.2", "~0.1", ""})
    CHECK_THROWS_AS(ask::is_in_versions(wrong, "0.1.0"), Error);
}
