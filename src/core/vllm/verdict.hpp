#pragma once

#include <string>

#include "core/vllm/ledger.hpp"

namespace lfmfit::vllm {

/// Whether vLLM starts, and why it does not.
struct Ruling {
  VllmVerdict verdict = VllmVerdict::kStarts;
  std::string reason;  ///< empty: it starts
};

/// As vLLM checks: options that exclude each other, free memory for its share, any block, blocks for one request; then
/// whether CUDA graphs find memory. Memory must be known.
Ruling ruling_on(const Question& question, const Allocation& allocation);

}  // namespace lfmfit::vllm
