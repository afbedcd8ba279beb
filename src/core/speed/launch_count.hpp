#pragma once

#include <array>
#include <cstdint>

#include "lfmfit/model.hpp"
#include "lfmfit/speed_constants.hpp"

namespace lfmfit::speed {

/// How often each launching part occurs in one pass through a model.
using LaunchCounts = std::array<std::int64_t, kLaunchPartCount>;

/// The parts of `model`, from its blocks alone.
LaunchCounts count_launches(const Model& model);

/// Kernels launched by one pass.
double total_launches(const LaunchCounts& counts, const SpeedConstants& constants);

}  // namespace lfmfit::speed
