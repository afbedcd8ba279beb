#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/llamacpp/buffer_size.hpp"
#include "core/llamacpp/placement.hpp"
#include "core/llamacpp/scene.hpp"
#include "lfmfit/memory.hpp"
#include "lfmfit/model.hpp"

namespace lfmfit {

/// What a context keeps between batches, in each place: one buffer per GPU, the host last.
struct CacheBuffers {
  std::vector<BufferSize> kv, state;
  int full_layers = 0, sliding_layers = 0, state_layers = 0;
  std::int64_t k_columns = 0, v_columns = 0, index_columns = 0;  ///< of the last layer that has them
};

CacheBuffers cache_buffers(const Model& model, const Scene& scene, const CacheSizes& cells, const Placement& placement,
                           const MemoryContext& context);

/// How many keys and values that is: "16 layers x 4096 cells x (K 512 f16 + V 512 f16)".
std::string cache_formula(const CacheBuffers& caches, const Scene& scene, const CacheSizes& cells,
                          const MemoryContext& context);

/// How many states: "10 layers x 1 sequence, f32".
std::string state_formula(const CacheBuffers& caches, const Scene& scene, const Request& request);

}  // namespace lfmfit
