#pragma once

#include <cstdint>
#include <vector>

#include "core/llamacpp/graph/graph.hpp"
#include "core/llamacpp/graph/repeats.hpp"

namespace lfmfit::graph {

/// How one backend lays out a compute buffer.
struct BufferRules {
  std::int64_t alignment = 128;
  std::int64_t largest_chunk = 0;        ///< bytes of the largest allocation a buffer is made of; 0: no limit
  std::int64_t row_padding = 0;          ///< quantized rows are padded to a multiple of this many elements
  bool flash_attention_scratch = false;  ///< an f16 copy of K and V that are not f16 follows the result
  bool kernel_scratch = false;           ///< what graph::kernel_scratch tells follows the result
  bool copies_caches = false;            ///< with that: an f16 copy of K and V, whatever they are
};

/// A step of the plan: a node, and the buffer it lives in.
struct Step {
  NodeId node;
  int buffer;
};

/// What is to be allocated: leafs first, then the steps, in order.
struct Plan {
  Graph* graph = nullptr;
  std::vector<Step> leafs;
  std::vector<Step> steps;
  std::vector<Repeat> repeats;  ///< patterns of steps, of which some repeats were left out
};

/// What the buffers need.
struct Allocation {
  std::vector<std::int64_t> sizes;  ///< the high-water mark of each buffer
  bool settled = true;  ///< each pattern left the allocator in the same state twice: what was left out changes nothing
};

/// Bytes that `node` takes in a buffer that follows `rules`, before alignment.
std::int64_t allocation_size(const Graph& graph, const Node& node, const BufferRules& rules);

/// Re-plays ggml's graph allocator (ggml-alloc.c, ggml_gallocr_alloc_graph_impl): best fit among free blocks, in-place
/// reuse of sources that have no other user, memory freed after the last use.
Allocation allocate(const Plan& plan, const std::vector<BufferRules>& buffers);

}  // namespace lfmfit::graph
