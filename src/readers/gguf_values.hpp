#pragma once

#include <string>

#include "lfmfit/gguf.hpp"
#include "readers/byte_cursor.hpp"

namespace lfmfit {

/// Reads the type and the value that follow a key. Throws Error(kBadFile) naming `file` and `key`.
GgufValue read_gguf_value(ByteCursor& cursor, const std::string& file, const std::string& key);

}  // namespace lfmfit
