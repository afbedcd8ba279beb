#pragma once

#include <cstdint>
#include <vector>

#include "core/vllm/settings.hpp"

namespace lfmfit::vllm {

/// How much of a request the layers of a group keep.
enum class Keeps { kAll, kWindow, kChunk, kState };

/// Layers that take a block of the cache together.
struct CacheGroup {
  Keeps keeps = Keeps::kAll;
  std::int64_t block = 0;   ///< tokens
  std::int64_t window = 0;  ///< tokens that are seen; 0: all
  std::vector<std::int64_t> layers;
};

/// How vLLM lays out the cache of a model.
struct CachePlan {
  std::vector<CacheGroup> groups;
  std::vector<std::int64_t> page_bytes;  ///< of a block of each stage's layers of a group: what a block takes there
  std::int64_t block = 0;                ///< tokens of a block of attention
  bool has_states = false;
};

/// The layout under `settings`. Throws Error(kUnsupported) for models that keep no cache.
CachePlan plan_cache(const Model& model, const Settings& settings);

/// Blocks that `bytes` of cache on a GPU of `stage` make.
std::int64_t blocks_of(const CachePlan& plan, Bytes bytes, std::size_t stage);

/// Blocks that one request of `length` tokens holds at most.
std::int64_t blocks_a_request(const CachePlan& plan, const Settings& settings, Tokens length);

/// The longest request, up to `limit`, that `blocks` hold; 0: none.
Tokens longest_request(const CachePlan& plan, const Settings& settings, std::int64_t blocks, Tokens limit);

}  // namespace lfmfit::vllm
