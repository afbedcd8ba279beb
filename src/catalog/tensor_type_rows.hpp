#pragma once

#include <deque>
#include <string_view>

#include "lfmfit/tensor.hpp"

namespace lfmfit {

/// The rows of data/tensor_types.json. Their fallbacks point into the deque, which may be moved but not copied.
/// Throws Error(kBadFile) naming `path`, row and key.
std::deque<TensorType> read_tensor_types(std::string_view path, std::string_view text);

}  // namespace lfmfit
