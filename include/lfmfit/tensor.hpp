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
  std::string name;                     ///< lower case as llama.cpp's option values: "f16", "q4_k", "mxfp4"
  std::int64_t block_elements = 1;
  std::int64_t block_bytes = 0;
  bool quantized = false;
  const TensorType* fallback = nullptr; ///< used for rows that are no multiple of block_elements; null: f16
};

/// Bytes of one row of `elements` numbers. `elements` must be a multiple of the block.
Bytes row_bytes(const TensorType& type, std::int64_t elements);

/// The sizes of a tensor, fastest-varying first, as GGUF and ggml write them: {columns, rows, experts, 1}.
using Shape = std::array<std::int64_t, 4>;

/// The number of elements of `shape`; cannot wrap.
std::int64_t element_count(const Shape& shape);

/// One tensor of a model file.
struct Tensor {
  std::string name;                  ///< without "blk.N.": "attn_q.weight"
  int layer = -1;                    ///< -1: belongs to no layer (token_embd, output, ...)
  Shape shape{1, 1, 1, 1};
  const TensorType* stored = nullptr;///< what a file holds; null where a quantization recipe decides
};

/// Bytes that `tensor` takes in a file when stored as `type`.
Bytes tensor_bytes(const Shape& shape, const TensorType& type);

}  // namespace lfmfit
