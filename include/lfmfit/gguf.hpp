// What a GGUF file says before its weights, of which none are read. Files are taken as hostile: nothing they hold can
// make a reader crash, hang or take memory without bounds.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lfmfit/byte_source.hpp"
#include "lfmfit/tensor.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// The types of GGUF's metadata values, under their numbers in the file.
enum class GgufType : std::uint32_t {
  kUint8,
  kInt8,
  kUint16,
  kInt16,
  kUint32,
  kInt32,
  kFloat32,
  kBool,
  kString,
  kArray,
  kUint64,
  kInt64,
  kFloat64
};

/// "u32", "str", ...: the names that llama.cpp prints.
const char* name_of(GgufType type);

/// A value of the metadata. Lists are kept where they can say something about layers (up to 1,024 numbers); of longer
/// ones, and of lists of texts (the tokens), only the count is known.
struct GgufValue {
  GgufType type = GgufType::kUint32;  ///< of the value, or of the elements of an array
  bool is_array = false;
  std::int64_t count = 1;              ///< elements of an array
  std::vector<std::int64_t> integers;  ///< integers and booleans (0, 1), one for a scalar; empty if not kept
  std::vector<double> reals;           ///< floating-point numbers, and integers beyond 63 bits
  std::string text;                    ///< a scalar text, its first 4,096 bytes
  std::int64_t text_bytes = 0;         ///< the length that the text has in the file
};

struct GgufEntry {
  std::string key;
  GgufValue value;
};

/// One tensor as a GGUF describes it.
struct GgufTensor {
  std::string name;  ///< as in the file: "blk.0.attn_q.weight"
  Shape shape{1, 1, 1, 1};
  const TensorType* type = nullptr;
  std::int64_t offset = 0;  ///< from the start of the data section
  Bytes bytes;
};

/// All that a GGUF file says before its data.
struct GgufHeader {
  int version = 3;
  bool big_endian = false;  ///< written for a big-endian machine; llama.cpp loads it only there
  std::int64_t alignment = 32;
  std::vector<GgufEntry> metadata;  ///< in the order of the file
  std::vector<GgufTensor> tensors;  ///< in the order of the file
  Bytes data_offset;                ///< where the data section starts
  Bytes file_bytes;                 ///< size of the whole file

  /// The value of `key`; null where the file does not have it.
  const GgufValue* find(std::string_view key) const;
  /// The text of `key`, or empty. Throws Error(kBadFile) when it is no text.
  std::string text(std::string_view key) const;
  /// The integer or boolean of `key`, or nothing. Throws Error(kBadFile) when it is something else.
  std::optional<std::int64_t> integer(std::string_view key) const;
};

/// Finds the row for a tensor type's number in ggml; null: unknown.
using TensorTypeLookup = std::function<const TensorType*(std::uint32_t)>;

/// Reads the header of a GGUF file, version 2 or 3. Only the header is read, through a window of 128 KiB, and the list
/// of tokens is walked over, not kept. Throws Error(kBadFile) on all that llama.cpp refuses as well: other versions,
/// duplicate keys or tensors, unknown types, rows that do not fill whole blocks, offsets that do not follow each other,
/// an alignment that is no power of two, and a file that ends before its last tensor does ("truncated: N of M bytes").
/// Format: ggml/src/gguf.cpp of llama.cpp.
GgufHeader read_gguf(const ByteSource& source, const TensorTypeLookup& tensor_type);

/// Whether `source` starts as a GGUF file does.
bool is_gguf(const ByteSource& source);

/// The files of a model that gguf-split cut into `count` pieces, in order, from the path of any of them
/// ("m-00002-of-00003.gguf"). `path` alone if `count` <= 1.
/// Throws Error(kBadFile) when the name does not follow gguf-split's pattern or says another count.
std::vector<std::string> gguf_shards(const std::string& path, std::int64_t count);

/// The headers of all pieces of the model that `path` belongs to, in order; one for a file that is whole.
/// Throws Error(kBadFile) naming a piece that is missing, or that belongs to another model.
std::vector<GgufHeader> read_gguf_shards(const std::string& path, const TensorTypeLookup& tensor_type);

}  // namespace lfmfit
