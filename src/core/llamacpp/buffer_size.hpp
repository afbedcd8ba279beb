#pragma once

#include <cstdint>
#include <vector>

#include "core/base/limits.hpp"
#include "core/llamacpp/placement.hpp"
#include "lfmfit/backend.hpp"
#include "lfmfit/tensor.hpp"

namespace lfmfit {

constexpr std::int64_t kHostAlignment = 32;

/// Bytes of the tensors of one buffer: each padded as the backend asks.
class BufferSize {
 public:
  BufferSize(std::int64_t alignment, std::int64_t row_padding) : alignment_(alignment), row_padding_(row_padding) {}

  void add(const TensorType& type, const Shape& shape) {
    std::int64_t size = tensor_bytes(shape, type).count();
    if (type.quantized && row_padding_ > 0 && shape[0] % row_padding_ != 0) {
      size = checked_add(size, row_bytes(type, row_padding_ - shape[0] % row_padding_).count());
    }
    bytes_ += Bytes(round_up(size, alignment_));
  }

  Bytes bytes() const { return bytes_; }

 private:
  std::int64_t alignment_, row_padding_;
  Bytes bytes_;
};

/// One BufferSize per GPU, the host last.
inline std::vector<BufferSize> buffers_for(const Placement& placement, const BackendTraits& traits) {
  std::vector<BufferSize> buffers(static_cast<std::size_t>(placement.gpu_count),
                                  BufferSize(traits.alignment, traits.row_padding));
  buffers.emplace_back(kHostAlignment, 0);
  return buffers;
}

}  // namespace lfmfit
