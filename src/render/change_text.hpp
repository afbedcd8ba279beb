#pragma once

#include <string>

#include "lfmfit/change.hpp"

namespace lfmfit::render {

/// "-q Q3_K_M (fair)", "all layers on the GPU", "twice the memory bandwidth": options under llama.cpp's names.
std::string change_text(const Change& change);

}  // namespace lfmfit::render
