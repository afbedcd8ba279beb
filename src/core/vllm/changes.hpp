#pragma once

#include <functional>
#include <vector>

#include "core/vllm/ledger.hpp"

namespace lfmfit::vllm {

/// What would give more cache, or make vLLM start: the change that costs least first. `again` allocates under other
/// settings.
std::vector<VllmChange> changes_of(const Question& question, const Allocation& now,
                                   const std::function<Allocation(const Settings&)>& again);

}  // namespace lfmfit::vllm
