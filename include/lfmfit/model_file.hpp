#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lfmfit/architecture.hpp"
#include "lfmfit/byte_source.hpp"
#include "lfmfit/config_keys.hpp"
#include "lfmfit/gguf.hpp"
#include "lfmfit/gguf_traits.hpp"
#include "lfmfit/model.hpp"

namespace lfmfit {

/// The facts that readers of model files need, as functions so that they do not depend on where facts come from.
struct ReaderFacts {
  std::function<const Architecture*(std::string_view)> architecture;  ///< null: unknown
  std::function<std::vector<std::string>()> architecture_names;       ///< for messages
  TensorTypeLookup tensor_type;
  std::function<GgufTraits(std::string_view)> traits;                 ///< defaults for an architecture without a row
  const ConfigKeys* config_keys = nullptr;                            ///< outlives the readers' calls
};

/// The model in GGUF headers (all pieces of a split one, in order), read from `path`. Blocks are inferred layer by layer:
/// a kind of block fits a layer if it implies just the tensors, names and shapes, that the file has there.
/// Layers for multi-token prediction, which llama.cpp leaves out by default, count as overhead of the file.
/// Throws Error(kUnsupported) naming the architecture, tensor or setting that is not understood, Error(kBadFile) for
/// files that are no language model (mmproj, adapters) or contradict themselves.
Model model_of_gguf(const std::vector<GgufHeader>& shards, const std::string& path, const ReaderFacts& facts);

/// The model that a Hugging Face config.json describes; of a multimodal one the language part. Layers, sizes and flags
/// come from its fields by the tables of `facts`, with the defaults of its class where a field is absent.
/// Throws Error(kUnsupported) naming the model type, layer type, or field that is not understood and may change memory,
/// Error(kBadFile) for what is no JSON or contradicts itself.
Model model_of_config(const ByteSource& source, const ReaderFacts& facts);

}  // namespace lfmfit
