#include "readers/byte_cursor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {
constexpr std::size_t kWindow = 128 << 10;
}

ByteCursor::ByteCursor(const ByteSource& source, std::int64_t limit, std::int64_t allowance)
    : source_(source), end_(std::min(source.size(), limit)), allowance_(allowance) {
  window_.resize(static_cast<std::size_t>(std::clamp<std::int64_t>(end_, 16, kWindow)));
}

void ByteCursor::require(std::uint64_t count) const {
  if (count <= static_cast<std::uint64_t>(remaining())) return;
  if (end_ < source_.size()) {
    throw Error(ErrorKind::kBadFile, fmt::format("{}: its header exceeds {} bytes, so it is damaged; download it again",
                                                 printable(source_.name(), 4096), end_));
  }
  throw Error(ErrorKind::kBadFile,
              fmt::format("{}: truncated: the file ends at byte {}, inside its header; download it again",
                          printable(source_.name(), 4096), source_.size()));
}

void ByteCursor::fill(std::size_t needed) {
  require(needed);
  window_start_ = position();
  next_ = 0;
  filled_ =
      static_cast<std::size_t>(std::min<std::int64_t>(static_cast<std::int64_t>(window_.size()), end_ - window_start_));
  source_.read(window_start_, window_.data(), filled_);
}

void ByteCursor::skip_far(std::uint64_t count) {
  require(count);
  window_start_ = position() + static_cast<std::int64_t>(count);
  next_ = filled_ = 0;
}

std::uint64_t ByteCursor::read_number(std::size_t size) {
  switch (size) {
    case 1: return read_unsigned<std::uint8_t>();
    case 2: return read_unsigned<std::uint16_t>();
    case 4: return read_unsigned<std::uint32_t>();
    default: return read_unsigned<std::uint64_t>();
  }
}

void ByteCursor::keep(std::uint64_t bytes) {
  if (bytes > static_cast<std::uint64_t>(allowance_)) {
    throw Error(ErrorKind::kBadFile,
                fmt::format("{}: its names and keys take more memory than any model's; it is damaged",
                            printable(source_.name(), 4096)));
  }
  allowance_ -= static_cast<std::int64_t>(bytes);
}

std::string ByteCursor::read_text(std::uint64_t length) {
  require(length);
  keep(length);
  std::string text(static_cast<std::size_t>(length), '\0');
  const std::size_t held = std::min(text.size(), filled_ - next_);
  std::memcpy(text.data(), window_.data() + next_, held);
  next_ += held;
  if (held < text.size()) {
    source_.read(position(), text.data() + held, text.size() - held);
    skip_far(text.size() - held);
  }
  return text;
}

}  // namespace lfmfit
