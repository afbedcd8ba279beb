// What a file or folder holds, for people to look at; read_model_path (model_file.hpp) gives the model alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lfmfit/model_file.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// Tensors of a file that are for the same purpose and stored alike.
struct TensorGroup {
  std::string role;  ///< "token embedding", "attention", "experts", "norms", ...
  std::string type;  ///< "q4_k", "BF16"
  std::int64_t tensors = 0;
  std::int64_t elements = 0;
  Bytes bytes;
};

/// One line of a file's metadata, fit for a terminal.
struct MetadataLine {
  std::string key;
  std::string type;   ///< "u32", "str", "[str]"; empty in a config.json
  std::string value;  ///< cut off where it is long; lists of texts are counted only
};

/// What a file or folder of a model holds, and what lfmfit makes of it.
struct Inspection {
  std::string path;
  std::string format;  ///< "GGUF version 3", "GGUF version 3, big-endian", "safetensors", "config.json"
  std::vector<std::string> files;
  Bytes file_bytes;
  Bytes tensor_bytes;
  std::vector<MetadataLine> metadata;
  std::vector<TensorGroup> tensors;    ///< most bytes first
  std::optional<ModelFile> model;      ///< unset: the file is read, but no model that is understood
  std::optional<Companion> companion;  ///< for mmproj files, adapters and control vectors
  std::string problem;                 ///< why `model` is unset
};

/// Looks into `path`, which may be anything that read_model_path or read_companion take. What can be read is reported
/// even where the model in it is not understood. Throws Error(kBadFile) when nothing can be read.
Inspection inspect(const std::string& path, const ReaderFacts& facts);

/// What a tensor of a GGUF is for, in a word or two, from its name: "attn_q.weight" -> "attention".
std::string purpose_of(const std::string& tensor_name);

}  // namespace lfmfit
