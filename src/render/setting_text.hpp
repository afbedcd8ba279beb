#pragma once

#include <string>
#include <vector>

#include "lfmfit/setting.hpp"

namespace lfmfit::render {

/// What asks lfmfit for `settings`, under the names of llama.cpp's options or of `vllm`'s: "-ctk q8_0 -ctv q8_0",
/// "--on \"2x rtx-3060\"".
std::string setting_options(const std::vector<Setting>& settings, bool vllm);

}  // namespace lfmfit::render
