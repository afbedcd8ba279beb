#pragma once

#include <vector>

#include "lfmfit/memory.hpp"

namespace lfmfit {

/// SplitMode::kNone: the ledger of `request` on one GPU, `ledger`, as that of all GPUs, of which only the main one is
/// used.
MemoryLedger on_main_gpu(MemoryLedger ledger, const Request& request);

/// SplitMode::kTensor: the ledger of `request` on one GPU, `ledger`, spread over GPUs that each hold a part of every
/// matrix and cache. What each needs is known in proportion only, so it has a band. Throws Error(kUnsupported |
/// kBadRequest) for what llama.cpp does not run that way.
MemoryLedger spread_over_gpus(const MemoryLedger& ledger, const Model& model, const std::vector<Tensor>& tensors,
                              const Request& request, const MemoryContext& context);

}  // namespace lfmfit
