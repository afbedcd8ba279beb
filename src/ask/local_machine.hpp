#pragma once

#include <optional>

#include "lfmfit/catalog.hpp"
#include "lfmfit/this_machine.hpp"
#include "system/this_machine.hpp"

namespace lfmfit::ask {

/// Which of a machine's memory counts.
enum class MemoryCount { kFree, kTotal };

/// `found` by what `catalog` knows: GPUs by the names that drivers print, PCI ids, processors and sizes of memory.
/// Where several devices remain, the slowest of them is taken and a note says so. A GPU that is not known is described
/// by what its driver says.
LocalMachine local_machine(const ThisMachine& found, const Catalog& catalog, MemoryCount count);

/// This machine, looked at when it is first asked for.
class LocalFinder {
 public:
  /// `catalog` must outlive it. Without `sources` there is no machine to look at. `usual` is what "local" counts.
  LocalFinder(const Catalog& catalog, std::optional<MachineSources> sources, MemoryCount usual = MemoryCount::kFree)
      : catalog_(catalog), sources_(std::move(sources)), usual_(usual) {}

  MemoryCount usual() const { return usual_; }
  /// Throws Error(kUnknownDevice) where there is none to look at.
  LocalMachine find(MemoryCount count);

 private:
  const Catalog& catalog_;
  std::optional<MachineSources> sources_;
  MemoryCount usual_;
  std::optional<ThisMachine> found_;
};

}  // namespace lfmfit::ask
