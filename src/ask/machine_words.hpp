#pragma once

#include <string>

#include "lfmfit/catalog.hpp"
#include "lfmfit/device.hpp"

namespace lfmfit::ask {

/// The machine that DEVICE means: a device as parse_device knows it, several of them ("2x rtx-3090 + rtx-3060"), and
/// what RAM lies beside ("rtx-4060-laptop, ram=32GiB"). Throws Error(kUnknownDevice) for a name that nothing bears,
/// Error(kBadRequest) for GPUs that no backend drives together and for RAM beside a pool.
Device parse_machine(const std::string& text, const Catalog& catalog);

}  // namespace lfmfit::ask
