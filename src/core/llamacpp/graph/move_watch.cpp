#include "core/llamacpp/graph/move_watch.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace lfmfit::graph {

std::vector<Standing> MoveWatch::standings_in(std::size_t first, std::size_t last) const {
  std::set<std::size_t> positions;
  for (const Repeat& repeat : repeats_) {
    for (const std::size_t position : {repeat.begin, repeat.first, repeat.second, repeat.third, repeat.fourth}) {
      if (position >= first && position < last) positions.insert(position - first);
    }
  }
  std::vector<Standing> standings;
  for (const std::size_t position : positions) standings.push_back({position, 0, 0, {}});
  return standings;
}

void MoveWatch::note(std::vector<Standing> standings, std::size_t first) {
  for (Standing& standing : standings) {
    standing.position += first;
    standing.placed += first;
    standing.seen += first;
    const std::size_t position = standing.position;
    standings_.emplace(position, std::move(standing));
  }
}

bool MoveWatch::stands_alike(std::size_t one, std::size_t other) const {
  const auto a = standings_.find(one), b = standings_.find(other);
  if (a == standings_.end() || b == standings_.end()) return a == b;
  return a->second.ahead == b->second.ahead && a->second.placed - one == b->second.placed - other;
}

bool MoveWatch::settled() const {
  return std::all_of(repeats_.begin(), repeats_.end(), [this](const Repeat& repeat) {
    const auto last = standings_.find(repeat.fourth);
    return stands_alike(repeat.first, repeat.third) && stands_alike(repeat.second, repeat.fourth) &&
           (last == standings_.end() || last->second.seen <= repeat.end);
  });
}

std::size_t MoveWatch::moved(std::size_t position) const {
  const auto found = standings_.find(position);
  return found != standings_.end() ? found->second.placed : position;
}

}  // namespace lfmfit::graph
