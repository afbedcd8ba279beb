#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lfmfit {

/// Bytes of the character that `text` starts with; 0 if that could steer a terminal, hides, or is no well-formed UTF-8.
std::size_t printable_length(std::string_view text);

/// `text`, which comes from a file, as one line of valid UTF-8 fit for a terminal and for JSON: control characters and
/// invalid bytes become '?', and what exceeds `limit` bytes is cut off with "...".
std::string printable(std::string_view text, std::size_t limit = 120);

}  // namespace lfmfit
