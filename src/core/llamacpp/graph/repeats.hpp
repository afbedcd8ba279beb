#pragma once

#include <cstddef>
#include <vector>

namespace lfmfit::graph {

/// Layers repeat: a hundred alike, or a pattern of a few again and again. Where the allocator is in the same state
/// after the second and the fourth repeat of a pattern, it goes through the same states for every two further ones, so
/// these need not be built. (Two: the residual stream may change places with each repeat.) What follows the last repeat
/// is the only thing that tells it from the others, so it is always built, and an even number of repeats is left out.
constexpr std::size_t kComparedRepeats = 4;
constexpr std::size_t kLongestPattern = 12;
/// Who moves nodes looks at some that follow, which must be those of further repeats: this many layers are built of
/// them.
constexpr std::size_t kLayersAhead = 4;

/// A pattern of layers of which repeats were left out.
struct Pattern {
  std::size_t begin = 0;   ///< position of its first layer in Selection::layers
  std::size_t period = 0;  ///< layers of one repeat
  std::size_t built = 0;   ///< repeats that are built from `begin` on
};

/// The layers that are built, in order.
struct Selection {
  std::vector<int> layers;
  std::vector<Pattern> patterns;
};

Selection every_layer(std::size_t count);

/// Leaves out what repeats. `kinds`: one number per layer, the same for layers that are built alike. The last layer is
/// always built on its own, since it drops rows. `layers_ahead` of a pattern are built behind those that are compared.
Selection without_repeats(const std::vector<int>& kinds, std::size_t layers_ahead = 0);

/// Positions in an order of execution (or a plan's steps) between which the states of a pattern are compared: its
/// begin, the ends of its first four repeats, and of all that are built.
struct Repeat {
  std::size_t begin = 0, first = 0, second = 0, third = 0, fourth = 0, end = 0;
};

}  // namespace lfmfit::graph
