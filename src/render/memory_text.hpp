#pragma once

#include <string>

#include "lfmfit/estimate.hpp"
#include "lfmfit/memory.hpp"

namespace lfmfit::render {

/// "2.94 GB = weights 0.73 + KV cache 1.57 + state 0.00 + compute 0.19 + driver 0.45"; what is printed adds up.
std::string sum_text(const MemoryLedger& ledger, int place);

/// What the memory is for, in a few words: "llama.cpp on CUDA, 1 slot, f16 cache, flash attention on".
std::string scene_text(const Question& question, const MemoryLedger& ledger);

/// "mmproj of 400 tensors, 0.85 GB of the weights; ...": what is loaded beside the model. Empty where nothing is.
std::string beside_text(const Question& question);

}  // namespace lfmfit::render
