#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lfmfit {

/// `text`, which comes from a file, as one line of valid UTF-8 fit for a terminal and for JSON: control characters and
/// invalid bytes become '?', and what exceeds `limit` bytes is cut off with "...".
std::string printable(std::string_view text, std::size_t limit = 120);

}  // namespace lfmfit
