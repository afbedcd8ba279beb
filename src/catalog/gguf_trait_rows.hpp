#pragma once

#include <string_view>
#include <vector>

#include "lfmfit/gguf_traits.hpp"

namespace lfmfit {

/// The rows of data/gguf_traits.json. Throws Error(kBadFile) naming `path`, row and key.
std::vector<GgufTraits> read_gguf_traits(std::string_view path, std::string_view text);

}  // namespace lfmfit
