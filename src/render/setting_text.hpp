#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lfmfit/setting.hpp"

namespace lfmfit::render {

/// What asks lfmfit for `settings`, under the names of the options of `runtime` (Law::runtime): "-ctk q8_0 -ctv q8_0",
/// "--on \"2x rtx-3060\"".
std::string setting_options(const std::vector<Setting>& settings, std::string_view runtime);

}  // namespace lfmfit::render
