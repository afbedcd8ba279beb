#pragma once

#include <string>

#include "render/json.hpp"

namespace lfmfit::render {

/// `json` as YAML in blocks. Keys and texts stand in quotes where they could mean something else without, so that no
/// name can break out of its place.
std::string yaml_text(const Json& json);

/// A comment line: what cannot stand in one is replaced.
std::string yaml_comment(const std::string& text);

}  // namespace lfmfit::render
