#pragma once

#include <string>
#include <vector>

#include "lfmfit/estimate.hpp"
#include "lfmfit/memory.hpp"

namespace lfmfit::render {

/// "KV cache", "1.57": a part of a sum of GB.
struct SumPart {
  std::string name;
  std::string gb;
};

/// What lies at `place`, but for what would print as 0.00; what is printed adds up.
std::vector<SumPart> sum_parts(const MemoryLedger& ledger, int place);

/// "2.94 GB = weights 0.73 + KV cache 1.57 + compute 0.19 + driver 0.45"
std::string sum_text(const MemoryLedger& ledger, int place);

/// What the memory is for, in a few words: "llama.cpp on CUDA, 1 slot, f16 cache, flash attention on".
std::string scene_text(const Question& question, const MemoryLedger& ledger);

/// "mmproj of 400 tensors, 0.85 GB of the weights; ...": what is loaded beside the model. Empty where nothing is.
std::string beside_text(const Question& question);

/// "the vision or audio part (mmproj, F16) takes 0.85 GB more; ...": the part of the model that is a file of its own
/// and was not asked for. Empty where there is none.
std::string not_counted_text(const Question& question);

}  // namespace lfmfit::render
