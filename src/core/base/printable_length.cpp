#include "core/base/printable_length.hpp"

namespace lfmfit {

namespace {

bool is_continuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

/// Characters of three bytes that show nothing and may turn the direction of the text or break a line: U+200B to
/// U+200F, U+2028 to U+202E, U+2060 to U+206F, U+FEFF.
bool is_invisible(unsigned first, unsigned second, unsigned third) {
  const bool punctuation =
      first == 0xE2U && second == 0x80U && ((third >= 0x8BU && third <= 0x8FU) || (third >= 0xA8U && third <= 0xAEU));
  const bool format = first == 0xE2U && second == 0x81U && third >= 0xA0U && third <= 0xAFU;
  const bool mark = first == 0xEFU && second == 0xBBU && third == 0xBFU;
  return punctuation || format || mark;
}

}  // namespace

std::size_t printable_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned first = at(0);
  if (first < 0x80U) return first >= 0x20U && first != 0x7FU ? 1 : 0;
  const auto follows = [&](std::size_t i) { return is_continuation(static_cast<unsigned char>(at(i))); };
  if (first >= 0xC2U && first <= 0xDFU) {
    const bool is_control = first == 0xC2U && at(1) < 0xA0U;
    const bool turns_direction = first == 0xD8U && at(1) == 0x9CU;
    return follows(1) && !is_control && !turns_direction ? 2 : 0;
  }
  if (first >= 0xE0U && first <= 0xEFU) {
    const bool overlong = first == 0xE0U && at(1) < 0xA0U;
    const bool surrogate = first == 0xEDU && at(1) > 0x9FU;
    return follows(1) && follows(2) && !overlong && !surrogate && !is_invisible(first, at(1), at(2)) ? 3 : 0;
  }
  if (first >= 0xF0U && first <= 0xF4U) {
    const bool overlong = first == 0xF0U && at(1) < 0x90U;
    const bool beyond = first == 0xF4U && at(1) > 0x8FU;
    const bool is_tag = first == 0xF3U && at(1) == 0xA0U;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond && !is_tag ? 4 : 0;
  }
  return 0;
}

}  // namespace lfmfit
