#pragma once

#include <cstddef>
#include <string_view>

namespace lfmfit {

/// Bytes of the character that `text` starts with; 0 if that could steer a terminal, hides, or is no well-formed UTF-8.
std::size_t printable_length(std::string_view text);

}  // namespace lfmfit
