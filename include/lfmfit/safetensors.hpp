// What safetensors files say before their weights, of which none are read. Files are taken as hostile, as in gguf.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lfmfit/byte_source.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// One tensor as a safetensors file describes it.
struct SafetensorsTensor {
  std::string name;                 ///< "model.layers.0.self_attn.q_proj.weight"
  std::string dtype;                ///< "BF16", "F8_E4M3", "U8", ...
  std::vector<std::int64_t> shape;  ///< slowest-varying first, as PyTorch writes them
  std::int64_t begin = 0;           ///< from the start of the data section
  Bytes bytes;
};

/// All that a safetensors file says before its data.
struct SafetensorsHeader {
  std::vector<SafetensorsTensor> tensors;  ///< in the order of the data
  Bytes data_offset;
  Bytes file_bytes;
};

/// Reads the header of a safetensors file. Throws Error(kBadFile) when it is none: a length beyond the file or above
/// 100 MB (the format's limit), JSON of another form, names that occur twice, a dtype that the format does not have,
/// bytes that do not match dtype and shape, gaps or overlaps, and a file that ends before its last tensor does.
SafetensorsHeader read_safetensors(const ByteSource& source);

/// The names of the files that a model.safetensors.index.json refers to, sorted, each once. They are names in the
/// index's own folder. Throws Error(kBadFile) when the index has another form or names a file elsewhere.
std::vector<std::string> read_safetensors_index(const ByteSource& source);

/// Weights as they lie in files, for one dtype.
struct StoredDtype {
  std::string dtype;
  std::int64_t tensors = 0;
  std::int64_t elements = 0;  ///< numbers of the dtype; packed formats hold several weights in one
  Bytes bytes;
};

/// The weights of a model as its publisher stored them, every byte counted.
struct StoredWeights {
  std::vector<std::string> files;
  std::vector<StoredDtype> dtypes;  ///< most bytes first
  std::int64_t tensors = 0;
  Bytes tensor_bytes;
  Bytes file_bytes;  ///< with headers
};

/// Sums up all safetensors files of a model: those that the index in `folder` names, or else model.safetensors, or else
/// every *.safetensors there. A tensor in two files is an error. No files: an empty answer.
StoredWeights read_stored_weights(const std::string& folder);

}  // namespace lfmfit
