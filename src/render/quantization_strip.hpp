#pragma once

#include <string>
#include <vector>

#include "render/screen.hpp"

namespace lfmfit::render {

/// What each quantization takes, one a column: in memory, likely, at the asked and at the full context; as a file.
/// Where the page is too narrow, those go first that differ least from their neighbour.
std::string quantization_strip(const Report& report, const Terminal& terminal);

/// The same on devices: the upper bound on each, or that it fits in part or not at all. Of one device also with all of
/// the context.
std::string quantization_strip(const Report& report, const std::vector<NamedAnswer>& named, const Terminal& terminal);

}  // namespace lfmfit::render
