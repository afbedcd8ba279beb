#pragma once

#include <vector>

#include "lfmfit/estimate.hpp"

namespace lfmfit {

/// Adds to `ledger` what drafts the tokens of `question`: another model, or the model's own further layer (MTP), each
/// in a context of its own. `stored` are the model's tensors. Throws Error(kBadRequest) where nothing can draft.
void add_speculation(MemoryLedger& ledger, const Question& question, const std::vector<Tensor>& stored,
                     const MemoryContext& facts);

}  // namespace lfmfit
