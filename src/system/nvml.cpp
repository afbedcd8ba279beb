#include "system/nvml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "system/nvml_gpu.hpp"

namespace lfmfit {

namespace {

using namespace nvml;

constexpr unsigned kMostGpus = 256;

/// Why the library could not be started, and what helps.
std::string start_problem(const Library& library, Result result) {
  if (!library.has("nvmlInit_v2"))
    return "NVIDIA's driver is too old: its management library has no nvmlInit_v2; install driver 525 or newer";
  if (result == kDriverNotLoaded)
    return "NVIDIA's driver is installed but not loaded: run nvidia-smi as root once, or restart after an update";
  if (result == kNoPermission)
    return "no permission to ask NVIDIA's driver: /dev/nvidiactl and /dev/nvidia0 must be readable and writable for "
           "you, and handed to the container you may be in (--gpus all)";
  if (result == kVersionMismatch)
    return "NVIDIA's driver was updated while the old one is loaded (driver/library version mismatch): restart the "
           "machine";
  return fmt::format("NVIDIA's driver does not answer ({}); see whether nvidia-smi does", library.error(result));
}

std::string driver_version(const Library& library) {
  char buffer[128] = {};
  const Result result = library.call("nvmlSystemGetDriverVersion", buffer, static_cast<unsigned>(sizeof buffer - 1));
  return result == kSuccess ? text_in(buffer) : std::string();
}

/// llama.cpp's builds for CUDA 12 need it; drivers of the 470 series stop at CUDA 11.4.
constexpr int kLeastDriver = 525;

void judge_driver(const std::string& driver, NvmlAnswer& answer) {
  int series = 0;
  for (const char c : driver) {
    if (c < '0' || c > '9' || series > 100'000) break;
    series = series * 10 + (c - '0');
  }
  if (series == 0 || series >= kLeastDriver) return;
  answer.problems.push_back(
      fmt::format("NVIDIA's driver {} is too old for CUDA 12, which llama.cpp's builds use: install {} or newer",
                  driver, kLeastDriver));
}

}  // namespace

NvmlAnswer ask_nvml(const std::string& name) {
  NvmlAnswer answer;
  constexpr std::array<const char*, 2> kUsual{"libnvidia-ml.so.1", "/usr/lib/wsl/lib/libnvidia-ml.so.1"};
  const SharedLibrary first(name.empty() ? kUsual[0] : name), second(kUsual[1]);
  const SharedLibrary& loaded = first.is_loaded() || !name.empty() ? first : second;
  answer.is_loaded = loaded.is_loaded();
  if (!answer.is_loaded) return answer;
  const Library library(loaded);
  const Session session(library);
  if (session.result() != kSuccess) {
    answer.problems.push_back(start_problem(library, session.result()));
    return answer;
  }
  NvmlAnswer::Gpu gpu;
  gpu.found.vendor = "NVIDIA";
  gpu.found.driver = driver_version(library);
  unsigned count = 0;
  const Result counted = library.call("nvmlDeviceGetCount_v2", &count);
  if (counted != kSuccess) answer.problems.push_back(start_problem(library, counted));
  for (unsigned i = 0; i < std::min(count, kMostGpus); ++i) {
    nvml::Device device = nullptr;
    gpu.index = static_cast<int>(i);
    const Result result = library.call("nvmlDeviceGetHandleByIndex_v2", i, &device);
    if (result == kSuccess) {
      read_gpu(library, device, gpu, answer);
    } else {
      answer.problems.push_back(fmt::format("GPU {} does not answer ({}) and is left out; {}", i, library.error(result),
                                            result == kNoPermission
                                                ? fmt::format("ask for access to /dev/nvidia{}", i)
                                                : std::string("restart the machine if nvidia-smi does not show it")));
    }
  }
  if (!answer.gpus.empty()) judge_driver(gpu.found.driver, answer);
  return answer;
}

}  // namespace lfmfit
