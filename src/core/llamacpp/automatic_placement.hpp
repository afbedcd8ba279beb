#pragma once

#include "lfmfit/law.hpp"

namespace lfmfit {

/// `question`'s request with what does not fit the GPUs in host memory, as llama.cpp's --fit does it (common/fit.cpp):
/// layers from the last one to the first, of a mixture of experts at first without the experts; if all are placed, the
/// experts of the first layers as far as they fit, and part of one layer more. The request as it was where --fit gives
/// up: where something else is said of tensors already, or several GPUs do not share by layers. Layers that are asked
/// for in numbers are kept.
Request place_automatically(const Question& question, const Surplus& surplus);

}  // namespace lfmfit
