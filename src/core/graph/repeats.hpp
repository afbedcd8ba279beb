#pragma once

#include <cstddef>
#include <vector>

namespace lfmfit::graph {

/// Layers repeat: a hundred alike, or a pattern of a few again and again. Once the allocator is in the same state after
/// two repeats of a pattern, it goes through the same states in every further one, so these need not be built.
constexpr std::size_t kKeptRepeats = 4;  ///< the first three, whose states are compared, and the last
constexpr std::size_t kLongestPattern = 12;

/// A pattern of layers of which only kKeptRepeats repeats are built.
struct Pattern {
  std::size_t begin = 0;   ///< position of its first layer in Selection::layers
  std::size_t period = 0;  ///< layers of one repeat
};

/// The layers that are built, in order.
struct Selection {
  std::vector<int> layers;
  std::vector<Pattern> patterns;
};

Selection every_layer(std::size_t count);

/// Leaves out what repeats. `kinds`: one number per layer, the same for layers that are built alike. The last layer is
/// always built on its own, since it drops rows.
Selection without_repeats(const std::vector<int>& kinds);

/// Positions in an order of execution (or a plan's steps) between which the states of a pattern are compared: its begin,
/// and the ends of its first three repeats.
struct Repeat {
  std::size_t begin = 0, first = 0, second = 0, third = 0;
};

}  // namespace lfmfit::graph
