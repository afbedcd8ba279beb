#pragma once

#include <string_view>

#include "lfmfit/config_keys.hpp"

namespace lfmfit {

/// data/config_keys.json; of two rows with the same name the last holds for it. Throws Error(kBadFile) naming `path`,
/// row and key.
ConfigKeys read_config_keys(std::string_view path, std::string_view text);

}  // namespace lfmfit
