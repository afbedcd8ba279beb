#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/environment.hpp"
#include "lfmfit/catalog.hpp"

namespace lfmfit::cli {

/// The user's own facts: the JSON files of the environment's user_data folder, if there is one that can be read, then
/// those of each folder of `folders` in order. A folder is laid out like data/: files, and folders models/ and
/// devices/. Throws Error(kBadFile) for a folder of `folders` or a file that cannot be read, or that is too big to be
/// facts.
std::vector<Overlay> read_overlays(const Environment& environment, const std::vector<std::string>& folders);

}  // namespace lfmfit::cli
