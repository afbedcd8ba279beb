#pragma once

#include <vector>

#include "lfmfit/estimate.hpp"
#include "lfmfit/tensor.hpp"

namespace lfmfit::mlx {

/// Bytes that results of operations take at the most while a chunk of a prompt is computed, by a replay: operations are
/// put into command buffers until these are full of operations or of what they read, a number of them wait or run at
/// once, and a result lives until the buffer has run that reads it last.
double activation_bytes(const Question& question, const std::vector<Tensor>& stored);

}  // namespace lfmfit::mlx
