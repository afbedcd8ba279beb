#include "core/model/blocks/parallel_mixer.hpp"

#include "core/model/blocks/attention.hpp"
#include "core/model/blocks/state_space.hpp"

namespace lfmfit {

void add_tensors(const ParallelMixer& block, const Model& model, int layer, std::vector<Tensor>& tensors) {
  add_tensors(block.state_space, model, layer, tensors);
  add_tensors(block.attention, model, layer, tensors);
}

CacheRow cache_row(const ParallelMixer& block) { return cache_row(block.attention); }

StateRow state_row(const ParallelMixer& block, const Model& model) { return state_row(block.state_space, model); }

}  // namespace lfmfit
