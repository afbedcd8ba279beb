#pragma once

#include "lfmfit/workload.hpp"

namespace lfmfit::speed {

/// Adds what a layer with `mixer` reads and computes for each earlier position; nothing for mixers without cache.
void add_attention(const Mixer& mixer, const CacheTypes& cache, PlaceLoad& load);

/// Adds what a layer with `mixer` keeps of each request and works on for each token.
void add_state(const Mixer& mixer, PlaceLoad& load);

}  // namespace lfmfit::speed
