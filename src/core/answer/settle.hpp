#pragma once

#include <functional>

#include "lfmfit/estimate.hpp"

namespace lfmfit {

/// The memory of a question like the one that is answered. The ledger stays where it is until that is answered.
using MemoryOf = std::function<const MemoryLedger&(const Question&)>;

/// Where an estimate takes from what several questions share.
struct EstimateSources {
  MemoryOf memory;
  std::function<std::optional<Workload>(const Question&)> workload;
  std::function<FileSize(const Question&)> file;
};

/// The answer to `question` from `sources`.
Estimate estimate_from(const Question& question, const std::vector<Tensor>& stored, const EstimateSources& sources);

/// The same as far as a table of devices says it; `question` has a device.
Judged judged_from(const Question& question, const std::vector<Tensor>& stored, const EstimateSources& sources);

/// Whether anything is known of what there is.
bool is_known(const Capacity& capacity);

/// The request of `question` with what it leaves open: the longest context that fits, and what goes to host memory
/// where not everything fits the GPUs. As llama.cpp's --fit does: the context first, if it was left open and down to
/// 4,096 tokens a sequence, then experts, then layers. Throws Error(kBadRequest) where the context is left open and
/// nothing says what there is.
Request settle(const Question& question, const Capacity& capacity, const MemoryOf& memory);

}  // namespace lfmfit
