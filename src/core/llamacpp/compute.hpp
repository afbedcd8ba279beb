#pragma once

#include <vector>

#include "core/llamacpp/placement.hpp"
#include "lfmfit/memory.hpp"

namespace lfmfit {

/// Bytes of the compute buffers, and how attention runs in them.
struct ComputeBuffers {
  std::vector<Bytes> gpus;
  Bytes host;
  bool flash_attention = true;
  bool goes_by_sizes = true;  ///< with other sizes of quantized weights they might come out otherwise
};

/// Builds the graph of the worst case and re-plays scheduler and allocator over it. With flash attention on `auto` it
/// is switched off, as llama.cpp does, when some layer's attention would run on another device than the layer lies on.
ComputeBuffers plan_compute(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                            const Placement& placement, const MemoryContext& context, const Scene& scene);

}  // namespace lfmfit
