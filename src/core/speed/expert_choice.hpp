#pragma once

namespace lfmfit::speed {

constexpr double kEndlessTile = 1e30;  ///< one tile holds all columns

/// What `tokens` tokens, each choosing `used` of `experts` on its own, make of the experts.
struct ExpertChoice {
  double touched = 1;  ///< share of the experts that any token chooses
  double tiles = 1;    ///< column tiles of an average expert
};

/// How often each expert is chosen varies: `spread` is the standard deviation of the logarithm of its share, 0 where
/// all are chosen alike. `tile`: columns of a tile.
ExpertChoice choose_experts(double experts, double used, double tokens, double tile, double spread);

}  // namespace lfmfit::speed
