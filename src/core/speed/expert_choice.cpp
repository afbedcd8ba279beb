#include "core/speed/expert_choice.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace lfmfit::speed {

namespace {

constexpr std::size_t kNodes = 16;

/// Quantiles of the normal distribution at (i + 1/2) / 16.
constexpr std::array<double, kNodes> kQuantiles{-1.862732, -1.318011, -1.009990, -0.776422, -0.579132, -0.402250,
                                                -0.237202, -0.078412, 0.078412,  0.237202,  0.402250,  0.579132,
                                                0.776422,  1.009990,  1.318011,  1.862732};

/// The share of tokens that choose an expert of each quantile: a log-normal choice, at most every token.
std::array<double, kNodes> shares(double mean, double spread) {
  std::array<double, kNodes> weights{};
  for (std::size_t i = 0; i < kNodes; ++i) weights[i] = std::exp(spread * kQuantiles[i]);
  std::array<double, kNodes> result{};
  double scale = 0, rest = mean * kNodes, open = 0;
  for (const double weight : weights) open += weight;
  // experts that every token would choose give what is too much to the others; the largest come first
  for (std::size_t i = kNodes; i-- > 0;) {
    scale = rest / open;
    result[i] = std::min(1.0, weights[i] * scale);
    rest -= result[i];
    open -= weights[i];
  }
  return result;
}

/// Tiles of `columns` that the tokens of an expert fill on average, each of `tokens` choosing it with `share`.
double mean_tiles(double tokens, double share, double touched, double columns) {
  const double mean = tokens * share;
  const double deviation = std::sqrt(std::max(mean * (1 - share), 1e-9));
  if (mean + 4 * deviation < columns) return touched;
  const double first = std::max(0.0, std::floor((mean - 5 * deviation) / columns));
  const double last = std::floor((mean + 5 * deviation) / columns);
  if (last - first > 5) return mean / columns + 0.5;
  double tiles = std::max(first, 1.0);
  for (double j = std::max(first, 1.0); j <= last; ++j)
    tiles += 0.5 * std::erfc((j * columns + 0.5 - mean) / deviation / std::sqrt(2.0));
  return tiles;
}

}  // namespace

ExpertChoice choose_experts(double experts, double used, double tokens, double tile, double spread) {
  const double mean = used / experts;
  if (tokens <= 1) return {mean, mean};
  ExpertChoice choice{0, 0};
  for (const double share : shares(mean, spread)) {
    const double touched = 1 - std::pow(1 - share, tokens);
    choice.touched += touched / kNodes;
    choice.tiles += mean_tiles(tokens, share, touched, tile) / kNodes;
  }
  return choice;
}

}  // namespace lfmfit::speed
