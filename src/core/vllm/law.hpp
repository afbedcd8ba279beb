#pragma once

#include "lfmfit/law.hpp"

namespace lfmfit {

/// vLLM: what it asks for of each GPU, the cache that is left, and whether it starts.
extern const Law kVllmLaw;

}  // namespace lfmfit
