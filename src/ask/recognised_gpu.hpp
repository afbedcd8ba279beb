#pragma once

#include <vector>

#include "lfmfit/catalog.hpp"
#include "lfmfit/this_machine.hpp"

namespace lfmfit::ask {

/// The devices of the catalogue that `gpu` of `machine` may be: one where that is certain, none where it is not known.
std::vector<const Device*> devices_of_gpu(const FoundGpu& gpu, const ThisMachine& machine, const Catalog& catalog);

/// The processor's own devices: those of class cpu, or whole machines with one pool.
std::vector<const Device*> devices_of_processor(const ThisMachine& machine, const Catalog& catalog);

}  // namespace lfmfit::ask
