#pragma once

#include "lfmfit/law.hpp"

namespace lfmfit {

/// `question`'s request with what does not fit the GPUs in host memory, as llama.cpp's --fit does it (common/fit.cpp):
/// of a mixture of experts first all experts, and as many given back as fit; then layers, the first ones first. In
/// place of experts of the last layers, which need patterns of names, those of the first ones stay, which -ncmoe asks
/// for: of layers that are alike that is the same. The request as it was where nothing helps.
Request place_automatically(const Question& question, const Holds& holds);

}  // namespace lfmfit
