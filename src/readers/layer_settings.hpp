#pragma once

#include "lfmfit/architecture.hpp"
#include "lfmfit/gguf_traits.hpp"
#include "readers/hyperparameters.hpp"
#include "readers/layer_tensors.hpp"

namespace lfmfit {

/// All that says how one layer looks.
struct LayerView {
  int layer = 0;
  bool sliding = false;
  const LayerTensors* tensors = nullptr;  ///< null: read from a config.json, which has none
  const LayerTensors* outside = nullptr;  ///< tensors that belong to no layer; null as well
};

/// What `block_template` fixes of `name`, or `otherwise`.
std::int64_t setting_of(const BlockTemplate& block_template, const std::string& name, std::int64_t otherwise);

/// The settings of a block of the kind `block_template` for the layer `view`: sizes from the hyperparameters, and what
/// the presence or form of a tensor tells (biases, norms, fused projections).
Settings layer_settings(const BlockTemplate& block_template, const Hyperparameters& parameters,
                        const GgufTraits& traits, const LayerView& view);

/// Whether attention of layer `layer` slides, as llama.cpp decides it.
bool is_sliding(const Hyperparameters& parameters, const GgufTraits& traits, int layer);

}  // namespace lfmfit
