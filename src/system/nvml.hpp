#pragma once

#include <string>
#include <vector>

#include "lfmfit/this_machine.hpp"

namespace lfmfit {

/// What NVIDIA's driver says of its cards.
struct NvmlAnswer {
  /// A GPU, or a slice of one, and the identifier by which CUDA_VISIBLE_DEVICES may name it ("GPU-...", "MIG-...").
  struct Gpu {
    FoundGpu found;
    std::string uuid;
    int index = 0;  ///< of the whole GPU, as the driver counts
  };
  bool is_loaded = false;  ///< whether the library is there at all
  std::vector<Gpu> gpus;
  std::vector<std::string> problems;
};

/// Asks the driver's library (NVML), which is loaded for it: `library` is its path, or empty for the usual places. GPUs
/// that are cut into slices (MIG) are told as their slices. What fails is told as a problem, and the rest goes on.
NvmlAnswer ask_nvml(const std::string& library);

}  // namespace lfmfit
