// What would make an answer faster, and by how much. Each change costs an estimate.
#pragma once

#include <vector>

#include "lfmfit/estimate.hpp"

namespace lfmfit {

/// What a question may be answered with instead, to be faster.
struct Alternatives {
  std::vector<const Quantization*> quantizations;  ///< a smaller one of these
  const TensorType* cache_type = nullptr;          ///< of keys and values in place of unquantized ones; null: none
};

/// Fills in the improvements of decode and prefill in `answer`, which answers `question`; does nothing where it has no
/// speed. Each change is answered as a whole by `estimate`: the next quantization that is a tenth smaller, a smaller
/// cache, more layers or experts on the GPU, larger micro-batches, and hardware of twice the bandwidth or compute.
/// Changes that do not fit, that lfmfit cannot answer for, or that gain less than 2 % are left out.
void add_improvements(const Question& question, const Alternatives& alternatives, Estimate& answer);

}  // namespace lfmfit
