#pragma once

#include <string>

#include "lfmfit/speed_constants.hpp"

namespace lfmfit::speed {

/// The measurements of `device` on `backend`, or of another one with the same chip; null where there are none.
const MeasuredDevice* measured_like(const SpeedConstants& constants, const std::string& backend, const Device& device);

}  // namespace lfmfit::speed
