#pragma once

#include <filesystem>
#include <string>

namespace lfmfit {

/// Writes `text` to `path`, whole or not at all; its folder is made where there is none. A file that is there keeps its
/// mode, a link stays and what it leads to is written. What is there and is no plain
/// file (/dev/stdout, a pipe) is written to as it is. Throws Error(kBadFile).
void write_file(const std::filesystem::path& path, const std::string& text);

}  // namespace lfmfit
