// Models as they lie in files: GGUF, config.json, safetensors. Files are taken as hostile, as in gguf.hpp. What is read
// holds pointers into the catalogue behind its ReaderFacts, which must outlive it.
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
#include "lfmfit/units.hpp"

namespace lfmfit {

/// The facts that readers of model files need, as functions so that they do not depend on where facts come from.
struct ReaderFacts {
  std::function<const Architecture*(std::string_view)> architecture;  ///< null: unknown
  std::function<std::vector<std::string>()> architecture_names;       ///< for messages
  TensorTypeLookup tensor_type;
  std::function<GgufTraits(std::string_view)> traits;  ///< defaults for an architecture without a row
  std::function<const ConfigKeys&()> config_keys;
};

/// The model in GGUF headers (all pieces of a split one, in order), read from `path`. Blocks are inferred layer by
/// layer: a kind of block fits a layer if it implies just the tensors, names and shapes, that the file has there.
/// Layers for multi-token prediction, which llama.cpp leaves out by default, count as overhead of the file.
/// Throws Error(kUnsupported) naming the architecture, tensor or setting that is not understood, Error(kBadFile) for
/// files that are no language model (mmproj, adapters) or contradict themselves.
Model model_of_gguf(const std::vector<GgufHeader>& shards, const std::string& path, const ReaderFacts& facts);

/// The model that a Hugging Face config.json describes; of a multimodal one the language part. Layers, sizes and flags
/// come from its fields by the tables of `facts`, with the defaults of its class where a field is absent.
/// Throws Error(kUnsupported) naming the model type, layer type, or field that is not understood and may change memory,
/// Error(kBadFile) for what is no JSON or contradicts itself.
Model model_of_config(const ByteSource& source, const ReaderFacts& facts);

/// A model as it lies in files.
struct ModelFile {
  Model model;
  std::vector<std::string> files;    ///< that hold its weights, pieces in order; the config.json where there are none
  std::string format;                ///< "GGUF", "safetensors", "config.json"
  std::string stored_as;             ///< "Q4_K_M", "bfloat16", "fp8 of 8 bits"
  Bytes stored_bytes;                ///< of the weights as they are stored; what a GGUF would load, all of safetensors
  bool stored_bytes_counted = true;  ///< false: estimated from what config.json says, as there are no weights
  std::vector<std::string> notes;    ///< what a person should know: parts that were left out, and the like
};

/// The model that `path` means: a GGUF file or any piece of a split one, a config.json with or without weights beside
/// it, a file of safetensors or their index with a config.json beside it, or a folder that holds one of these.
/// Throws Error as model_of_gguf and model_of_config do, and Error(kBadFile) for what holds no model or several.
ModelFile read_model_path(const std::string& path, const ReaderFacts& facts);

/// What goes with a model in a file of its own.
enum class CompanionKind { kProjector, kAdapter, kControlVector };

/// "mmproj", "LoRA adapter", "control vector".
const char* name_of(CompanionKind kind);

/// A file that is loaded beside a model.
struct Companion {
  CompanionKind kind = CompanionKind::kProjector;
  std::string path;
  std::string architecture;  ///< of the model that an adapter belongs to; empty for others
  std::vector<Tensor> tensors;
  Bytes bytes;  ///< of its tensors in the file
};

/// Reads an mmproj file, a LoRA adapter or a control vector. Throws Error(kBadFile) when `path` is none of these.
Companion read_companion(const std::string& path, const ReaderFacts& facts);

}  // namespace lfmfit
