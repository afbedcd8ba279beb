#pragma once

#include "lfmfit/host.hpp"
#include "system/system_files.hpp"

namespace lfmfit {

/// Processor, RAM and modules of this machine, within the limits of the container it may be in.
Host find_host(const SystemFiles& files);

}  // namespace lfmfit
