#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lfmfit::graph {

/// How far one has come who moves nodes of a part of the order of execution, when all before a position are placed.
/// From two positions where `ahead` is the same, nodes that are alike are moved alike.
struct Standing {
  std::size_t position = 0;         ///< in the part, before nodes are moved
  std::size_t placed = 0;           ///< nodes that come before it in the new order, or the part's length
  std::size_t seen = 0;             ///< end of what may have been looked at so far
  std::vector<std::int64_t> ahead;  ///< all that says how it goes on, counted from `position`
};

/// Fills in standings while one moves on. `Note` writes down how it stands.
class StandingNotes {
 public:
  explicit StandingNotes(std::vector<Standing>& standings) : standings_(standings) {}

  /// All before `next` are placed.
  template <class Note>
  void reach(std::size_t next, const Note& note) {
    for (; at_ < standings_.size() && standings_[at_].position <= next; ++at_) note(standings_[at_]);
  }

 private:
  std::vector<Standing>& standings_;
  std::size_t at_ = 0;
};

}  // namespace lfmfit::graph
