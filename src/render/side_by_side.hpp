#pragma once

#include <string>
#include <vector>

#include "render/screen.hpp"

namespace lfmfit::render {

/// The answers on `named`, a column each: verdict, memory and what it is the sum of, speeds. Empty: the page has no
/// room for all of them.
std::string side_by_side(const Report& report, const std::vector<NamedAnswer>& named, const Terminal& terminal);

}  // namespace lfmfit::render
