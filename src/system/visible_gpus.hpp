#pragma once

#include <string>
#include <vector>

#include "system/nvml.hpp"

namespace lfmfit {

/// What of `answer` CUDA shows a program where CUDA_VISIBLE_DEVICES is `list`, in the order of that list: numbers and
/// identifiers ("GPU-8932...", also their beginnings) up to the first that nothing bears. What is left out is told as a
/// problem.
NvmlAnswer visible_gpus(NvmlAnswer answer, const std::string& list);

}  // namespace lfmfit
