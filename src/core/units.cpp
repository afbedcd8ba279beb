#include "lfmfit/units.hpp"

#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {
[[noreturn]] void too_big() {
  throw Error(ErrorKind::kBadRequest, "a size in this request exceeds 2^63 bytes; check the context, the batch and the model's dimensions");
}
}  // namespace

std::int64_t checked_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) too_big();
  return sum;
}

std::int64_t checked_multiply(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) too_big();
  return product;
}

std::int64_t round_up(std::int64_t value, std::int64_t step) {
  return checked_multiply(checked_add(value, step - 1) / step, step);
}

}  // namespace lfmfit
