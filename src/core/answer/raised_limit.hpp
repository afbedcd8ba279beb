#pragma once

#include <optional>

#include "lfmfit/device.hpp"
#include "lfmfit/fit.hpp"

namespace lfmfit {

/// The least value of `device`'s knob with which the GPU part of `ledger` fills no more of its limit than "runs well"
/// allows, or the most that the knob should be set to; `reserve` stays free of it. Unset where there is no knob, where
/// that does not make the verdict better than `now`, and where the pool itself is too small.
std::optional<RaisedLimit> raised_limit(const Device& device, const MemoryLedger& ledger, const Capacity& capacity,
                                        Bytes reserve, Verdict now);

}  // namespace lfmfit
