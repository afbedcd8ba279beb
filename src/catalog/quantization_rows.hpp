#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "lfmfit/quantization.hpp"

namespace lfmfit {

/// The tensor type of a name; null when there is none.
using TensorTypeLookup = std::function<const TensorType*(std::string_view name)>;

/// The rows of data/quantizations.json, in the file's order. Throws Error(kBadFile) naming `path`, row and key.
std::vector<Quantization> read_quantizations(std::string_view path, std::string_view text,
                                             const TensorTypeLookup& lookup);

}  // namespace lfmfit
