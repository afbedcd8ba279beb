#pragma once

#include <string>

#include "lfmfit/mlx.hpp"
#include "render/json.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

/// What is known of MLX, and how sure it is.
std::string mlx_text(const MlxFacts& facts, const Terminal& terminal);

/// The same as a row of the list of runtimes.
Json mlx_json(const MlxFacts& facts);

}  // namespace lfmfit::render
