#pragma once

#include <string>
#include <vector>

#include "lfmfit/this_machine.hpp"
#include "system/system_files.hpp"

namespace lfmfit {

/// The graphics cards on the PCI bus, by address, as the kernel knows them: what their drivers say of memory (amdgpu:
/// own, used, and the host's that it maps), nothing where they do not. A card that no driver has taken has no driver.
std::vector<FoundGpu> find_pci_gpus(const SystemFiles& files);

}  // namespace lfmfit
