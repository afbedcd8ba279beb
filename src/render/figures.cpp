#include "render/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace lfmfit::render {

namespace {
constexpr std::int64_t kHundredth = 10'000'000;  // bytes in 0.01 GB
}

std::string in_gb_text(Bytes bytes) {
  const double gb = in_gb(bytes);
  return std::abs(gb) < 99.995 ? fmt::format("{:.2f}", gb) : fmt::format("{:.1f}", gb);
}

std::string gb_text(Bytes bytes) { return in_gb_text(bytes) + " GB"; }

std::string two_decimals(double value) { return fmt::format("{:.2f}", value); }

std::string rate_text(TokenRate rate) {
  return rate < TokenRate(9.95) ? fmt::format("{:.1f}", rate.value()) : std::to_string(std::llround(rate.value()));
}

std::string band_text(const SpeedEstimate& speed) {
  if (speed.low == speed.high) return rate_text(speed.value);
  return fmt::format("{} ({}-{})", rate_text(speed.value), rate_text(speed.low), rate_text(speed.high));
}

std::string marked_band_text(const SpeedEstimate& speed) { return (speed.measured ? "" : "~") + band_text(speed); }

std::vector<std::string> parts_that_add_up(const std::vector<Bytes>& parts, Bytes total) {
  std::vector<std::int64_t> hundredths;
  for (const Bytes part : parts) hundredths.push_back(part.count() / kHundredth);
  std::int64_t missing = (total.count() + kHundredth / 2) / kHundredth -
                         std::accumulate(hundredths.begin(), hundredths.end(), std::int64_t{0});
  std::vector<std::size_t> by_remainder(parts.size());
  std::iota(by_remainder.begin(), by_remainder.end(), std::size_t{0});
  std::stable_sort(by_remainder.begin(), by_remainder.end(), [&](std::size_t a, std::size_t b) {
    return parts[a].count() % kHundredth > parts[b].count() % kHundredth;
  });
  for (const std::size_t part : by_remainder) {
    if (missing-- <= 0) break;
    ++hundredths[part];
  }
  std::vector<std::string> texts;
  for (const std::int64_t count : hundredths) texts.push_back(fmt::format("{}.{:02}", count / 100, count % 100));
  return texts;
}

std::string parameters_text(std::int64_t parameters) {
  const auto count = static_cast<double>(parameters);
  return count < 999.5e6 ? fmt::format("{:.0f} M", count / 1e6) : fmt::format("{:.2f} B", count / 1e9);
}

}  // namespace lfmfit::render
