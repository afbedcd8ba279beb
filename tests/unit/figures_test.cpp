#include "render/figures.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

#include "catch.hpp"

using namespace lfmfit;
using namespace lfmfit::render;

namespace {

std::int64_t hundredths(const std::string& figure) {
  const std::size_t point = figure.find('.');
  return std::stoll(figure.substr(0, point)) * 100 + std::stoll(figure.substr(point + 1));
}

}  // namespace

TEST_CASE("GB are 10^9 bytes, with fewer decimals from 100 on") {
  CHECK(gb_text(Bytes(2'491'358'336)) == "2.49 GB");
  CHECK(in_gb_text(Bytes(143'800'000'000)) == "143.8");
  CHECK(in_gb_text(Bytes(-1'250'000'000)) == "-1.25");
}

TEST_CASE("rates below ten keep a decimal") {
  CHECK(rate_text(TokenRate(7.26)) == "7.3");
  CHECK(rate_text(TokenRate(9.96)) == "10");
  CHECK(rate_text(TokenRate(26819.4)) == "26819");
}

TEST_CASE("a band is printed behind its speed, and not where there is none") {
  SpeedEstimate speed;
  speed.value = TokenRate(501);
  speed.low = TokenRate(430);
  speed.high = TokenRate(560);
  CHECK(band_text(speed) == "501 (430-560)");
  speed.low = speed.high = speed.value;
  CHECK(band_text(speed) == "501");
}

TEST_CASE("the parts of a sum add up as printed") {
  const std::vector<Bytes> parts = {Bytes(728'509'440), Bytes(1'572'864'000), Bytes(163'840), Bytes(189'821'056)};
  CHECK(parts_that_add_up(parts, Bytes(2'491'358'336)) == std::vector<std::string>{"0.73", "1.57", "0.00", "0.19"});
  const std::vector<Bytes> thirds = {Bytes(3'333'333), Bytes(3'333'333), Bytes(3'333'334)};
  CHECK(parts_that_add_up(thirds, Bytes(10'000'000)) == std::vector<std::string>{"0.00", "0.00", "0.01"});
}

TEST_CASE("the parts of any sum add up as printed") {
  const auto seed = static_cast<std::uint64_t>(GENERATE(take(200, random(1, 1'000'000'000))));
  CAPTURE(seed);
  std::uint64_t state = seed;
  std::vector<Bytes> parts;
  Bytes total;
  for (std::uint64_t i = 0; i <= seed % 7; ++i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    parts.push_back(Bytes(static_cast<std::int64_t>((state >> 33) * 7)));
    total += parts.back();
  }
  const std::vector<std::string> texts = parts_that_add_up(parts, total);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    sum += hundredths(texts[i]);
    CHECK(std::abs(hundredths(texts[i]) * 10'000'000 - parts[i].count()) < 10'000'000);
  }
  CHECK(sum == (total.count() + 5'000'000) / 10'000'000);
}

TEST_CASE("a count of weights is said in billions or millions") {
  CHECK(parameters_text(1'170'340'608) == "1.17 B");
  CHECK(parameters_text(354'483'968) == "354 M");
  CHECK(parameters_text(999'600'000) == "1.00 B");
}
