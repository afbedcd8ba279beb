#include "core/speed/measured_like.hpp"

namespace lfmfit::speed {

const MeasuredDevice* measured_like(const SpeedConstants& constants, const std::string& backend, const Device& device) {
  const std::string chip = speed_chip(device);
  const MeasuredDevice* alike = nullptr;
  for (const MeasuredDevice& measured : constants.measured_devices) {
    const bool is_it = measured.device == device.id;
    if (!is_it && (alike != nullptr || measured.chip != chip)) continue;
    if (measured.backend != backend) continue;
    if (is_it) return &measured;
    alike = &measured;
  }
  return alike;
}

}  // namespace lfmfit::speed
