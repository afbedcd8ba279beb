#pragma once

#include <filesystem>
#include <string>

namespace lfmfit {

/// Whether something lies at `path` that may be looked at.
bool is_there(const std::filesystem::path& path);

/// Throws Error kBadFile: the file's name, made safe to print, and `what` is wrong with it or to be done.
[[noreturn]] void refuse(const std::string& name, const std::string& what);

}  // namespace lfmfit
