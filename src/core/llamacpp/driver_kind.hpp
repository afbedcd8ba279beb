#pragma once

#include <compare>

#include "lfmfit/backend.hpp"
#include "lfmfit/device.hpp"
#include "lfmfit/memory.hpp"

namespace lfmfit {

/// All that driver_terms() goes by of a backend and a device: those of one kind have the same driver's share.
struct DriverKind {
  const DriverOverhead* row = nullptr;
  int multiprocessors = 0;

  auto operator<=>(const DriverKind&) const = default;
};

/// The kind of `device` (null: none in particular). Throws Error(kUnsupported) like driver_overhead.
DriverKind driver_kind(const Backend& backend, const Device* device);

/// The ledger without the texts of its terms, of which copies cost little: what is judged only.
MemoryLedger without_words(MemoryLedger ledger);
/// set_driver_share() for such a ledger.
void set_driver_bytes(MemoryLedger& ledger, const Backend& backend, const Device* device);

}  // namespace lfmfit
