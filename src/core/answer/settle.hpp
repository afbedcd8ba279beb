#pragma once

#include <functional>

#include "lfmfit/estimate.hpp"

namespace lfmfit {

/// Where an estimate takes from what several questions share.
struct EstimateSources {
  std::function<MemoryLedger(const Question&)> memory;
  std::function<std::optional<Workload>(const Question&)> workload;
};

/// The answer to `question` from `sources`.
Estimate estimate_from(const Question& question, const std::vector<Tensor>& stored, const EstimateSources& sources);

/// Whether anything is known of what there is.
bool is_known(const Capacity& capacity);

/// The request of `question` with what it leaves open: the longest context that fits, and what goes to host memory
/// where not everything fits the GPUs. As llama.cpp's --fit does: the context first, if it was left open and down to
/// 4,096 tokens a sequence, then experts, then layers. Throws Error(kBadRequest) where the context is left open and
/// nothing says what there is.
Request settle(const Question& question, const Capacity& capacity,
               const std::function<MemoryLedger(const Question&)>& memory);

}  // namespace lfmfit
