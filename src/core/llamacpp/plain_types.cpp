#include "core/llamacpp/plain_types.hpp"

namespace lfmfit {

const TensorType kF32{.name = "f32", .block_elements = 1, .block_bytes = 4};
const TensorType kF16{.name = "f16", .block_elements = 1, .block_bytes = 2};
const TensorType kI32{.name = "i32", .block_elements = 1, .block_bytes = 4};
const TensorType kI64{.name = "i64", .block_elements = 1, .block_bytes = 8};

}  // namespace lfmfit
