#pragma once

#include "lfmfit/law.hpp"

namespace lfmfit {

/// MLX (mlx-lm): what it holds at its peak on Apple's GPUs.
extern const Law kMlxLaw;

}  // namespace lfmfit
