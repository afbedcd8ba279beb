#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lfmfit/report.hpp"
#include "render/device_group.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

/// How much a table tells on a narrow page.
enum class Detail { kBrief, kAll };

/// The first `top` of `groups` under `title`: verdict, memory, decode with an empty and, unless it is brief, a full
/// context, prefill. Wider pages show the usable memory and half the context too, and very wide ones the bandwidth and
/// the backend. A "~" stands before what nobody measured there.
std::string device_table(const Report& report, const std::string& title, const std::vector<DeviceGroup>& groups,
                         std::size_t top, Detail detail, const Terminal& terminal);

}  // namespace lfmfit::render
