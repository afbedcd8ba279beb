#pragma once

#include "lfmfit/host.hpp"
#include "system/system_files.hpp"

namespace lfmfit {

/// The memory modules by the firmware's table (which only root may read), else how many there are by the kernel's error
/// counters; of a virtual machine's firmware nothing, since it tells of no real ones.
MemoryModules find_memory_modules(const SystemFiles& files);

}  // namespace lfmfit
