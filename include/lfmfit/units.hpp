// Units that do not mix: bytes are not tokens, a bandwidth is no rate of tokens. Whole numbers throw rather than wrap.
#pragma once

#include <compare>
#include <cstdint>

namespace lfmfit {

/// Throws Error(kBadRequest): a size does not fit 63 bits.
[[noreturn]] void throw_too_big();

/// Integer arithmetic that cannot wrap: each throws Error(kBadRequest) when the true result does not fit 63 bits.
constexpr std::int64_t checked_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) throw_too_big();
  return sum;
}

constexpr std::int64_t checked_subtract(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(a, b, &difference)) throw_too_big();
  return difference;
}

constexpr std::int64_t checked_multiply(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) throw_too_big();
  return product;
}

/// `value` rounded up to a multiple of `step` (step > 0, value >= 0).
inline std::int64_t round_up(std::int64_t value, std::int64_t step) {
  return checked_multiply(checked_add(value, step - 1) / step, step);
}

/// A whole number of something. Counts of different things do not mix; adding and scaling cannot wrap.
template <class Unit>
class Count {
 public:
  constexpr Count() = default;
  constexpr explicit Count(std::int64_t count) : count_(count) {}
  constexpr std::int64_t count() const { return count_; }

  friend Count operator+(Count a, Count b) { return Count(checked_add(a.count_, b.count_)); }
  friend Count operator-(Count a, Count b) { return Count(checked_subtract(a.count_, b.count_)); }
  friend Count operator*(Count a, std::int64_t n) { return Count(checked_multiply(a.count_, n)); }
  friend Count operator*(std::int64_t n, Count a) { return a * n; }
  Count& operator+=(Count other) { return *this = *this + other; }
  friend constexpr auto operator<=>(Count, Count) = default;

 private:
  std::int64_t count_ = 0;
};

/// A quantity per second (or a plain physical quantity) held as a double.
template <class Unit>
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr explicit Quantity(double value) : value_(value) {}
  constexpr double value() const { return value_; }

  friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.value_ + b.value_); }
  friend constexpr Quantity operator*(Quantity a, double factor) { return Quantity(a.value_ * factor); }
  friend constexpr Quantity operator*(double factor, Quantity a) { return a * factor; }
  friend constexpr Quantity operator/(Quantity a, double divisor) { return Quantity(a.value_ / divisor); }
  friend constexpr double operator/(Quantity a, Quantity b) { return a.value_ / b.value_; }
  Quantity& operator+=(Quantity other) { return *this = *this + other; }
  friend constexpr auto operator<=>(Quantity, Quantity) = default;

 private:
  double value_ = 0;
};

using Bytes = Count<struct BytesUnit>;
using Tokens = Count<struct TokensUnit>;
using Bandwidth = Quantity<struct BytesPerSecondUnit>;         ///< bytes per second
using ComputeRate = Quantity<struct OperationsPerSecondUnit>;  ///< floating-point operations per second
using TokenRate = Quantity<struct TokensPerSecondUnit>;        ///< tokens per second
using Seconds = Quantity<struct SecondsUnit>;

constexpr Bandwidth gb_per_second(double gigabytes) { return Bandwidth(gigabytes * 1e9); }
constexpr double in_gb_per_second(Bandwidth rate) { return rate.value() / 1e9; }
constexpr ComputeRate teraflops(double tera) { return ComputeRate(tera * 1e12); }

/// The time to move `amount` at `rate`. `rate` must be positive.
constexpr Seconds operator/(Bytes amount, Bandwidth rate) {
  return Seconds(static_cast<double>(amount.count()) / rate.value());
}

/// Bytes in a GiB.
constexpr double kGib = 1073741824.0;

/// GB is 10^9 bytes, GiB is 2^30, everywhere.
constexpr double in_gb(Bytes bytes) { return static_cast<double>(bytes.count()) / 1e9; }
constexpr double in_gib(Bytes bytes) { return static_cast<double>(bytes.count()) / kGib; }

/// `gibibytes` as whole bytes, rounded to the nearest.
constexpr Bytes from_gib(double gibibytes) { return Bytes(static_cast<std::int64_t>(gibibytes * kGib + 0.5)); }

/// A figure that is not exact: most likely value and the bounds it was seen or must lie between.
struct ByteRange {
  Bytes low, value, high;
};

namespace literals {
/// `n` units of `each`; what does not fit 63 bits throws, or does not compile as a constant.
constexpr std::int64_t scaled_literal(unsigned long long n, std::int64_t each) {
  if (n > static_cast<unsigned long long>(INT64_MAX)) throw_too_big();
  return checked_multiply(static_cast<std::int64_t>(n), each);
}

constexpr Bytes operator""_B(unsigned long long n) { return Bytes(scaled_literal(n, 1)); }
constexpr Bytes operator""_KiB(unsigned long long n) { return Bytes(scaled_literal(n, 1 << 10)); }
constexpr Bytes operator""_MiB(unsigned long long n) { return Bytes(scaled_literal(n, 1 << 20)); }
constexpr Bytes operator""_GiB(unsigned long long n) { return Bytes(scaled_literal(n, 1 << 30)); }
constexpr Bytes operator""_GB(unsigned long long n) { return Bytes(scaled_literal(n, 1'000'000'000)); }
constexpr Tokens operator""_tokens(unsigned long long n) { return Tokens(scaled_literal(n, 1)); }
}  // namespace literals

}  // namespace lfmfit
