#pragma once

#include <vector>

#include "lfmfit/memory.hpp"
#include "lfmfit/quantization.hpp"
#include "lfmfit/tensor.hpp"

namespace lfmfit {

/// `all` with everything but `certain` times `share`.
Bytes times_share(Bytes all, Bytes certain, double share);

/// Bytes of the tensors that are looked up (the token table): publishers' mixes state their types.
Bytes token_table_bytes(const std::vector<Tensor>& stored);

/// Gives the weights of `ledger` the bounds of a publisher's mix: files of its name differ in all but the token table,
/// which lies in host memory.
void widen_weights(MemoryLedger& ledger, const Quantization& quantization, const std::vector<Tensor>& stored);

}  // namespace lfmfit
