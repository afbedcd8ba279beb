#pragma once

#include "lfmfit/fleet.hpp"

namespace lfmfit {

/// A replica of `model` for `users` on `gpus` slots of `pool`, all layers on them.
Question replica_question(const FleetModel& model, const FleetPool& pool, int gpus, std::int64_t users,
                          Device& machine);

/// How `model` runs on `pool`, as if it were alone there.
FleetOption option_of(const FleetModel& model, const FleetPool& pool);

/// The answer for a replica, its question in `question` without the machine, which goes with the call.
Estimate estimate_replica(const FleetModel& model, const FleetPool& pool, int gpus, std::int64_t users,
                          Question& question);

}  // namespace lfmfit
