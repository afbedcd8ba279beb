#pragma once

#include <string>

#include "render/json.hpp"

namespace lfmfit::render {

/// json_text() without the end of the line. Characters that could steer a terminal or hide in it are written as their
/// numbers, which JSON takes for the same.
std::string json_value_text(const Json& json, int indent = -1);

}  // namespace lfmfit::render
