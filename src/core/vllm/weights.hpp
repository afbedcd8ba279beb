#pragma once

#include <vector>

#include "core/vllm/settings.hpp"
#include "lfmfit/tensor.hpp"

namespace lfmfit::vllm {

/// What lies in one GPU before the first request.
struct Weights {
  Bytes tensors;  ///< with scales, zero points and padding
  Bytes ropes;    ///< caches of cosines and sines
  Bytes tower;    ///< of parts that see or hear
  Bytes adapters;
  Bytes draft;             ///< of what drafts tokens ahead
  bool quantized = false;  ///< any of the tensors: what is no BF16 differs from checkpoint to checkpoint

  Bytes total() const { return tensors + ropes + tower + adapters + draft; }
};

/// The weights on a GPU of each stage of the pipeline; GPUs of one stage hold as much as each other. `tensors` are all
/// of the model, with the shapes that files have.
std::vector<Weights> weights_of(const Question& question, const std::vector<Tensor>& tensors, const Settings& settings);

/// All tensors of a checkpoint in the form of `settings`, on no GPU.
Bytes checkpoint_bytes(const Question& question, const std::vector<Tensor>& tensors, const Settings& settings);

}  // namespace lfmfit::vllm
