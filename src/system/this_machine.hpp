#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "lfmfit/this_machine.hpp"

namespace lfmfit {

/// Where this machine is looked at.
struct MachineSources {
  std::filesystem::path root = "/";         ///< below which /proc and /sys lie
  std::string nvml;                         ///< path of NVIDIA's management library; empty: the usual places
  std::optional<std::string> visible_gpus;  ///< CUDA_VISIBLE_DEVICES; unset: all are visible
};

/// The machine as the kernel and the drivers describe it. What cannot be found out is told in `problems`; nothing that
/// lies there can make it fail.
ThisMachine find_this_machine(const MachineSources& sources);

/// Whether there seems to be a GPU that is worth asking about, found out in well under a millisecond.
bool may_have_gpu(const MachineSources& sources);

}  // namespace lfmfit
