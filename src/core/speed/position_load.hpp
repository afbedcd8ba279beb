#pragma once

#include <vector>

#include "lfmfit/speed.hpp"

namespace lfmfit::speed {

/// What one token reads and computes for each earlier position in a layer with `mixer`; nothing for mixers without
/// cache.
std::vector<PositionLoad> position_loads(const Mixer& mixer, const CacheTypes& cache);

/// Adds `load` to the one of `loads` with the same window.
void add(std::vector<PositionLoad>& loads, const PositionLoad& load);

/// Positions that `count` tokens see together, the first of them with `first` tokens before it, at most `window` each
/// (0: all): the integral of min(x, window) from `first` to `first + count`.
double positions_seen(std::int64_t window, double first, double count);

/// Bytes of cache that one token with `depth` tokens before it reads.
double cache_bytes(const PlaceLoad& place, std::int64_t depth);

/// Operations of attention of `count` tokens, the first of them with `first` tokens before it.
double attention_operations(const PlaceLoad& place, double first, double count);

}  // namespace lfmfit::speed
