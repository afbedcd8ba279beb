#pragma once

#include "lfmfit/law.hpp"

namespace lfmfit {

/// llama.cpp: what it allocates, and speeds with the band of measurements.
extern const Law kLlamaCppLaw;

}  // namespace lfmfit
