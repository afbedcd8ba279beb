// Tensors, and the types they are stored as.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "lfmfit/units.hpp"

namespace lfmfit {

/// How the numbers of a tensor are stored: blocks of `block_elements` numbers that take `block_bytes` bytes.
/// Rows of data/tensor_types.json; they live as long as the catalogue, so they are compared by address.
struct TensorType {
  std::string name;          ///< lower case as llama.cpp's option values: "f16", "q4_k", "mxfp4"
  std::int64_t ggml_id = 0;  ///< the number that stands for it in GGUF files (enum ggml_type)
  std::int64_t block_elements = 1;
  std::int64_t block_bytes = 0;
  bool quantized = false;                ///< several numbers share a block
  const TensorType* fallback = nullptr;  ///< what the quantizer takes for rows that are no multiple of block_elements;
                                         ///< null: the recipe's last resort
};

/// Bytes of one row of `elements` numbers. Throws Error(kBadRequest) when `elements` is negative or no multiple of the
/// block, or when the bytes do not fit 63 bits.
Bytes row_bytes(const TensorType& type, std::int64_t elements);

/// The sizes of a tensor, fastest-varying first, as GGUF and ggml write them: {columns, rows, experts, 1}.
using Shape = std::array<std::int64_t, 4>;

/// The number of elements of `shape`; cannot wrap. Throws Error(kBadRequest) when a dimension is negative or the number
/// does not fit 63 bits.
std::int64_t element_count(const Shape& shape);

/// One tensor of a model file.
struct Tensor {
  std::string name;  ///< without "blk.N.": "attn_q.weight"
  int layer = -1;    ///< -1: belongs to no layer (token_embd, output, ...)
  Shape shape{1, 1, 1, 1};
  const TensorType* stored = nullptr;  ///< what a file holds; null where a quantization recipe decides
};

/// Bytes that a tensor of `shape` takes in a file when stored as `type`, without padding to the next tensor. Throws as
/// row_bytes and element_count do.
Bytes tensor_bytes(const Shape& shape, const TensorType& type);

}  // namespace lfmfit
