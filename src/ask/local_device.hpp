#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ask/local_machine.hpp"

namespace lfmfit::ask {

/// The word that means this machine.
constexpr const char* kLocal = "local";
constexpr const char* kLocalTotal = "local, total";  ///< all of its memory, not what is free of it

/// One GPU of this machine as a device, which is one of `may_be`: its figures of speed are those of the catalogue, its
/// memory is what its driver says. None where it is not known how much memory it has, or where it shares the host's and
/// the catalogue does not know it. `notes` gets what was taken for granted.
std::optional<Device> local_gpu(const FoundGpu& gpu, const Host& host, const std::vector<const Device*>& may_be,
                                const Catalog& catalog, MemoryCount count, std::vector<std::string>& notes);

/// This machine without a GPU: its processor and its RAM, of which nothing is usable where its size is not known.
Device local_processor(const ThisMachine& found, const Host& host, const Catalog& catalog, MemoryCount count);

}  // namespace lfmfit::ask
