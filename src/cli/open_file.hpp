#pragma once

#include <filesystem>

namespace lfmfit::cli {

/// Shows `path` in the user's browser, by the system's own opener (xdg-open, open). Throws Error(kBadRequest) where
/// there is none; the browser itself is not waited for.
void open_in_browser(const std::filesystem::path& path);

}  // namespace lfmfit::cli
