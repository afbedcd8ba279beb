#include "core/llamacpp/mix_bounds.hpp"

#include <algorithm>
#include <cmath>

#include "core/model/tensor_names.hpp"

namespace lfmfit {

Bytes times_share(Bytes all, Bytes certain, double share) {
  const Bytes sure = std::min(all, certain);
  const auto rest = static_cast<double>((all - sure).count());
  return sure + Bytes(static_cast<std::int64_t>(std::llround(rest * share)));
}

Bytes token_table_bytes(const std::vector<Tensor>& stored) {
  Bytes bytes;
  for (const Tensor& tensor : stored) {
    if (is_input_tensor(tensor)) bytes += tensor_bytes(tensor.shape, *tensor.stored);
  }
  return bytes;
}

void widen_weights(MemoryLedger& ledger, const Quantization& quantization, const std::vector<Tensor>& stored) {
  if (quantization.low == 1 && quantization.high == 1) return;
  const Bytes table = token_table_bytes(stored);
  for (MemoryTerm& term : ledger.terms) {
    if (term.use != MemoryUse::kWeights) continue;
    const Bytes certain = term.place == kHost ? table : Bytes(0);
    term.low = times_share(term.low, certain, quantization.low);
    term.high = times_share(term.high, certain, quantization.high);
    term.source = "published files named " + quantization.name + ", which differ";
  }
}

}  // namespace lfmfit
