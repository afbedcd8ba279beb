#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "core/llamacpp/graph/repeats.hpp"
#include "core/llamacpp/graph/standing.hpp"

namespace lfmfit::graph {

/// Watches over repeats while nodes are moved: those that were left out would have been moved as the third and fourth
/// if who moves them stands alike at the ends of the first and the third, and of the second and the fourth, and has
/// looked at nothing behind the repeats that are built.
class MoveWatch {
 public:
  /// `repeats` must outlive it.
  explicit MoveWatch(const std::vector<Repeat>& repeats) : repeats_(repeats) {}

  /// Where one should say how it stands who moves the nodes at positions [first, last) of the order of execution.
  std::vector<Standing> standings_in(std::size_t first, std::size_t last) const;
  /// What they said, of a part that begins at `first`.
  void note(std::vector<Standing> standings, std::size_t first);

  bool settled() const;
  /// The position in the new order before which all are placed that were before `position`.
  std::size_t moved(std::size_t position) const;

 private:
  bool stands_alike(std::size_t one, std::size_t other) const;

  const std::vector<Repeat>& repeats_;
  std::map<std::size_t, Standing> standings_;  ///< by position in the order of execution; none where nothing is moved
};

}  // namespace lfmfit::graph
