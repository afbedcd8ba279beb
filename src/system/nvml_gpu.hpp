#pragma once

#include "system/nvml.hpp"
#include "system/nvml_library.hpp"

namespace lfmfit::nvml {

/// Adds to `answer` what the driver says of `device`, or of its slices where it is cut into some. `gpu` has what is the
/// same for all.
void read_gpu(const Library& library, Device device, NvmlAnswer::Gpu gpu, NvmlAnswer& answer);

}  // namespace lfmfit::nvml
