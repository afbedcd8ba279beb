#pragma once

#include <vector>

#include "core/vllm/cache.hpp"
#include "core/vllm/settings.hpp"
#include "core/vllm/weights.hpp"
#include "lfmfit/memory.hpp"

namespace lfmfit::vllm {

/// What is allocated, and the cache that is left: on every GPU term by term.
struct Allocation {
  Settings settings;
  CachePlan plan;
  MemoryLedger memory;
  Bytes requested;               ///< of each GPU
  ByteRange free_after_context;  ///< of a card, before vLLM asks for its share; where its total is known
  ByteRange graphs;              ///< the most of any GPU
  ByteRange cache;               ///< of the GPU with fewest blocks, as the bytes of its cache; below 0: what is missing
  std::int64_t blocks = 0, blocks_low = 0;  ///< by the likely figures, and at the end of the bands
  std::size_t least_stage = 0;              ///< the stage whose GPUs have fewest blocks
  Bytes needed, needed_high;                ///< the least share that starts with one request, of the fullest GPU
};

/// `weights` are weights_of(question, ...).
Allocation allocate(const Question& question, const Settings& settings, const std::vector<Weights>& weights);

}  // namespace lfmfit::vllm
