#include "lfmfit/device.hpp"

#include <algorithm>

namespace lfmfit {

const Device& gpu_of(const Device& machine, int gpu) {
  if (machine.parts.empty()) return machine;
  return machine.parts[std::min(static_cast<std::size_t>(std::max(gpu, 0)), machine.parts.size() - 1)];
}

Device several_of(const Device& device, int count) {
  Device machine = device;
  machine.gpus *= count;
  machine.device_class = DeviceClass::kServer;
  machine.name = std::to_string(count) + "x " + device.name;
  return machine;
}

}  // namespace lfmfit
