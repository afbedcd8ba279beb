#pragma once

#include "core/speed/ledger.hpp"

namespace lfmfit::speed {

/// Adds what a pass over what lies in host memory takes: the CPU reads it, or from 32 tokens on, if that is allowed, it
/// is copied to `card`, which computes.
void add_host(const Workload& workload, const Columns& columns, const SpeedTarget& target, const Card& card,
              double passes, TimeLedger& ledger);

}  // namespace lfmfit::speed
