#pragma once

#include "lfmfit/host.hpp"
#include "system/system_files.hpp"

namespace lfmfit {

/// The processor as /proc/cpuinfo describes it; threads are those that this process may use. What is not said stays
/// empty or 0.
Processor find_processor(const SystemFiles& files);

}  // namespace lfmfit
