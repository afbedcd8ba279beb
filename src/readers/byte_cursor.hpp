#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "lfmfit/byte_source.hpp"

namespace lfmfit {

/// Reads a ByteSource from front to back through a small window. Nothing is read beyond the source's end or beyond a
/// limit, and what is kept shares one allowance, so a file cannot make the program use more memory or time.
class ByteCursor {
 public:
  /// `limit`: bytes that may be walked over; `allowance`: bytes of texts and lists that may be kept.
  ByteCursor(const ByteSource& source, std::int64_t limit, std::int64_t allowance);

  std::int64_t position() const { return window_start_ + static_cast<std::int64_t>(next_); }
  /// Bytes left up to the end or the limit.
  std::int64_t remaining() const { return end_ - position(); }
  void set_big_endian(bool big_endian) { swap_ = big_endian != (std::endian::native == std::endian::big); }

  std::uint64_t read_u64() { return read_unsigned<std::uint64_t>(); }
  std::uint32_t read_u32() { return read_unsigned<std::uint32_t>(); }
  /// `size` bytes (1, 2, 4 or 8) as an unsigned number.
  std::uint64_t read_number(std::size_t size);
  /// The next `length` bytes as text.
  std::string read_text(std::uint64_t length);
  /// Takes `bytes` that are about to be kept off the allowance.
  void keep(std::uint64_t bytes);
  void skip(std::uint64_t count) {
    if (count <= filled_ - next_)
      next_ += static_cast<std::size_t>(count);
    else
      skip_far(count);
  }

 private:
  template <class Number>
  Number read_unsigned() {
    if (filled_ - next_ < sizeof(Number)) fill(sizeof(Number));
    std::array<char, sizeof(Number)> bytes{};
    std::memcpy(bytes.data(), window_.data() + next_, bytes.size());
    if (swap_) std::reverse(bytes.begin(), bytes.end());
    next_ += bytes.size();
    Number number = 0;
    std::memcpy(&number, bytes.data(), bytes.size());
    return number;
  }
  void skip_far(std::uint64_t count);
  void fill(std::size_t needed);
  void require(std::uint64_t count) const;

  const ByteSource& source_;
  std::int64_t end_ = 0;
  std::int64_t allowance_ = 0;
  std::vector<char> window_;
  std::int64_t window_start_ = 0;  ///< position of window_[0] in the source
  std::size_t next_ = 0;           ///< index in window_ of the next byte
  std::size_t filled_ = 0;         ///< bytes of window_ that hold data
  bool swap_ = std::endian::native == std::endian::big;
};

}  // namespace lfmfit
