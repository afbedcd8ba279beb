#pragma once

#include <vector>

#include "core/vllm/ledger.hpp"
#include "lfmfit/estimate.hpp"

namespace lfmfit::vllm {

/// How fast vLLM runs: what must be read and computed over what the data sheet says, within wide bands, for none of it
/// was measured. Throughput is that of as many requests as are taken at once. Unset: the device's rates are not known.
std::optional<Speed> rates_of(const Question& question, const Allocation& allocation,
                              const std::vector<Weights>& weights);

}  // namespace lfmfit::vllm
