#pragma once

#include <optional>

#include "lfmfit/units.hpp"
#include "system/system_files.hpp"

namespace lfmfit {

/// What control groups (containers, services) leave this process.
struct CgroupLimits {
  std::optional<Bytes> memory;     ///< at most; unset: no limit
  std::optional<Bytes> available;  ///< of that now: caches of files give way, so they count as free
  std::optional<double> cpus;      ///< time of so many processors; unset: no limit
};

/// The strictest limits of the group this process is in and of all groups around it, in version 1 and 2. What cannot be
/// read limits nothing.
CgroupLimits find_cgroup_limits(const SystemFiles& files);

}  // namespace lfmfit
