#pragma once

#include <string_view>
#include <vector>

#include "catalog/quantization_rules.hpp"
#include "lfmfit/quantization.hpp"

namespace lfmfit {

/// The rows of data/quantizations.json, in the file's order. Throws Error(kBadFile) naming `path`, row and key.
std::vector<Quantization> read_quantizations(std::string_view path, std::string_view text,
                                             const TensorTypeByName& lookup);

}  // namespace lfmfit
