#include "lfmfit/tensor.hpp"

#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

void require_not_negative(std::int64_t elements) {
  if (elements >= 0) return;
  throw Error(ErrorKind::kBadRequest,
              "a tensor cannot have a dimension of " + std::to_string(elements) + "; check the model's dimensions");
}

}  // namespace

Bytes row_bytes(const TensorType& type, std::int64_t elements) {
  require_not_negative(elements);
  if (elements % type.block_elements != 0) {
    throw Error(ErrorKind::kBadRequest, "a row of " + std::to_string(elements) + " numbers cannot be stored as " +
                                            type.name + ", which takes blocks of " +
                                            std::to_string(type.block_elements) + "; choose another type");
  }
  return Bytes(checked_multiply(elements / type.block_elements, type.block_bytes));
}

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t elements : shape) {
    require_not_negative(elements);
    count = checked_multiply(count, elements);
  }
  return count;
}

Bytes tensor_bytes(const Shape& shape, const TensorType& type) {
  const std::int64_t rows = element_count({1, shape[1], shape[2], shape[3]});
  return row_bytes(type, shape[0]) * rows;
}

}  // namespace lfmfit
