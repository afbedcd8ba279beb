#pragma once

#include "lfmfit/gguf.hpp"
#include "support/quantization_data.hpp"

namespace test {

/// The row of data/tensor_types.json for a type's number in ggml; null when there is none.
inline const lfmfit::TensorType* tensor_type_of(std::uint32_t number) {
  for (const lfmfit::TensorType& type : tensor_types()) {
    if (type.ggml_id == static_cast<std::int64_t>(number)) return &type;
  }
  return nullptr;
}

}  // namespace test
