#include "core/llamacpp/graph/repeats.hpp"

#include <numeric>

namespace lfmfit::graph {

namespace {

/// How often the `period` layers from `begin` on follow each other.
std::size_t count_repeats(const std::vector<int>& kinds, std::size_t begin, std::size_t end, std::size_t period) {
  std::size_t i = begin + period;
  while (i < end && kinds[i] == kinds[i - period]) ++i;
  return (i - begin) / period;
}

/// How many of `repeats` may be left out: all but the first `built` and the last, and an even number.
std::size_t superfluous(std::size_t repeats, std::size_t built) {
  return repeats > built + 1 ? (repeats - built - 1) / 2 * 2 : 0;
}

void append(std::vector<int>& layers, std::size_t begin, std::size_t count) {
  for (std::size_t i = begin; i < begin + count; ++i) layers.push_back(static_cast<int>(i));
}

}  // namespace

Selection every_layer(std::size_t count) {
  Selection selection;
  selection.layers.resize(count);
  std::iota(selection.layers.begin(), selection.layers.end(), 0);
  return selection;
}

Selection without_repeats(const std::vector<int>& kinds, std::size_t layers_ahead) {
  Selection selection;
  const auto built = [layers_ahead](std::size_t period) {
    return kComparedRepeats + (layers_ahead + period - 1) / period;
  };
  const std::size_t end = kinds.empty() ? 0 : kinds.size() - 1;
  std::size_t i = 0;
  while (i < end) {
    std::size_t period = 0, saved = 0;
    for (std::size_t p = 1; p <= kLongestPattern && p * (built(p) + 3) <= end - i; ++p) {
      const std::size_t layers = superfluous(count_repeats(kinds, i, end, p), built(p)) * p;
      if (layers <= saved) continue;
      period = p;
      saved = layers;
    }
    if (saved == 0) {
      append(selection.layers, i++, 1);
      continue;
    }
    selection.patterns.push_back({selection.layers.size(), period, built(period)});
    append(selection.layers, i, built(period) * period);
    i += built(period) * period + saved;
  }
  if (!kinds.empty()) append(selection.layers, end, 1);
  return selection;
}

}  // namespace lfmfit::graph
