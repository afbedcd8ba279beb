#pragma once

#include "lfmfit/gguf.hpp"

namespace lfmfit::test {

/// The rows of ggml's types 0 (f32), 1 (f16), 8 (q8_0) and 12 (q4_k), enough for tests of formats.
inline const TensorType* tensor_type(std::uint32_t number) {
  static const TensorType f32{"f32", 1, 4, false, nullptr};
  static const TensorType f16{"f16", 1, 2, false, nullptr};
  static const TensorType q8_0{"q8_0", 32, 34, true, nullptr};
  static const TensorType q4_k{"q4_k", 256, 144, true, nullptr};
  switch (number) {
    case 0: return &f32;
    case 1: return &f16;
    case 8: return &q8_0;
    case 12: return &q4_k;
    default: return nullptr;
  }
}

}  // namespace lfmfit::test
