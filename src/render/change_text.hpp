#pragma once

#include <string>
#include <vector>

#include "lfmfit/change.hpp"

namespace lfmfit::render {

/// "-q Q3_K_M (fair)", "all layers on the GPU", "twice the memory bandwidth": options under llama.cpp's names.
std::string change_text(const Change& change);

/// What asks lfmfit for the change, under the names of llama.cpp's options or of `vllm`'s: "-ctk q8_0 -ctv q8_0",
/// "--on \"2x rtx-3060\"". Empty: no option does.
std::string change_options(const Change& change, bool vllm);

/// The options of several changes.
std::string change_options(const std::vector<Change>& changes, bool vllm);

}  // namespace lfmfit::render
