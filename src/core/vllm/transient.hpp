#pragma once

#include "core/vllm/settings.hpp"

namespace lfmfit::vllm {

/// A figure of memory and how it comes about.
struct Told {
  ByteRange bytes;
  std::string formula;
};

/// The peak of the profile run on a GPU of the last stage (`samples`) or of another: what the sampler holds that sorts
/// rows of logits, or a forward pass of as many tokens as a batch has, whichever is more.
Told activation_of(const Model& model, const Settings& settings, bool samples);

/// What CUDA graphs of `layers` layers take.
Told graphs_of(const Model& model, const Settings& settings, std::int64_t layers);

/// Graphs that are captured: sizes of batches, each as pieces, and whole up to the most requests.
std::int64_t captured_graphs(const Settings& settings);

}  // namespace lfmfit::vllm
