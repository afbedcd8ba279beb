#pragma once

#include <string_view>

#include "catalog/quantization_rows.hpp"
#include "lfmfit/mlx.hpp"

namespace lfmfit {

/// What data/mlx.json says. Throws Error(kBadFile) naming `path`, row and key.
MlxFacts read_mlx_facts(std::string_view path, std::string_view text, const TensorTypeByName& lookup);

}  // namespace lfmfit
