#pragma once

#include <string>

#include "ask/local_machine.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/device.hpp"

namespace lfmfit::ask {

/// The machine that DEVICE means: a device as parse_device knows it, several of them ("2x rtx-3090 + rtx-3060"), and
/// what RAM lies beside ("rtx-4060-laptop, ram=32GiB"); or "local", this machine, of whose memory what is free counts
/// or, as "local, total" says, all of it. Without `local` there is no such machine. Throws Error(kUnknownDevice) for a
/// name that nothing bears, Error(kBadRequest) for GPUs that no backend drives together and for RAM beside a pool.
Device parse_machine(const std::string& text, const Catalog& catalog, LocalFinder* local = nullptr);

/// The machine whose GPUs are those of `machines`, which `text` names. Throws Error(kBadRequest).
Device joined_machine(const std::vector<Device>& machines, const std::string& text);

}  // namespace lfmfit::ask
