#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "lfmfit/catalog.hpp"

namespace lfmfit::cli {

/// The page that scripts/app built, from where it lies beside `program`: where `cmake --install` puts it, or in the
/// tree that both were built in. Throws Error(kBadFile), with what to do, where there is none or it is of another
/// version than `version` or holds other facts than those of the catalogue with the hash `facts`.
std::string read_app(const std::filesystem::path& program, const std::string& version, std::string_view facts);

/// `page` with `overlays` in it: facts of the user that its answers go by. Of their paths only the names, since a page
/// is handed on. Throws Error(kBadFile) where the page has no place for them.
std::string app_with(std::string page, const std::vector<Overlay>& overlays);

}  // namespace lfmfit::cli
