#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lfmfit/report.hpp"
#include "render/device_group.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

/// The first `top` of `groups` under `title`: verdict, memory, decode with an empty and a full context, prefill. Wider
/// pages show the usable memory and half the context too, and very wide ones the bandwidth and the backend.
std::string device_table(const Report& report, const std::string& title, const std::vector<DeviceGroup>& groups,
                         std::size_t top, const Terminal& terminal);

}  // namespace lfmfit::render
