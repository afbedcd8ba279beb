#include "lfmfit/device.hpp"

#include <algorithm>

namespace lfmfit {

bool is_memory_known(const Device& device) {
  return device.device_class != DeviceClass::kCpu || device.host_memory || device.usable > Bytes(0);
}

const Device& gpu_of(const Device& machine, int gpu) {
  if (machine.parts.empty()) return machine;
  return machine.parts[std::min(static_cast<std::size_t>(std::max(gpu, 0)), machine.parts.size() - 1)];
}

}  // namespace lfmfit
