#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lfmfit/report.hpp"

namespace lfmfit::render {

/// One line of a table of devices: a device, or those that follow each other and differ in the size of their memory
/// only.
struct DeviceGroup {
  std::vector<const DeviceRow*> rows;  ///< by memory, smallest first

  const DeviceRow& smallest() const { return *rows.front(); }
  /// "Mac Studio M3 Ultra 96GB+" where it stands for larger ones too
  std::string name() const;
};

/// `rows` as lines. `together` false: each has its own.
std::vector<DeviceGroup> device_groups(const std::vector<DeviceRow>& rows, bool together);

/// How many devices the first `lines` of `groups` stand for.
std::size_t devices_in(const std::vector<DeviceGroup>& groups, std::size_t lines);

}  // namespace lfmfit::render
