#include "readers/printable.hpp"

namespace lfmfit {

namespace {

bool is_continuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

/// Bytes of the character that `text` starts with; 0 if it is no printable character of well-formed UTF-8.
std::size_t character_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned first = at(0);
  if (first < 0x80U) return first >= 0x20U && first != 0x7FU ? 1 : 0;
  const auto follows = [&](std::size_t i) { return is_continuation(static_cast<unsigned char>(at(i))); };
  if (first >= 0xC2U && first <= 0xDFU) {
    const bool is_control = first == 0xC2U && at(1) < 0xA0U;
    return follows(1) && !is_control ? 2 : 0;
  }
  if (first >= 0xE0U && first <= 0xEFU) {
    const bool overlong = first == 0xE0U && at(1) < 0xA0U;
    const bool surrogate = first == 0xEDU && at(1) > 0x9FU;
    const bool turns_direction = first == 0xE2U && (at(1) == 0x80U || at(1) == 0x81U);  // and other invisible ones
    return follows(1) && follows(2) && !overlong && !surrogate && !turns_direction ? 3 : 0;
  }
  if (first >= 0xF0U && first <= 0xF4U) {
    const bool overlong = first == 0xF0U && at(1) < 0x90U;
    const bool beyond = first == 0xF4U && at(1) > 0x8FU;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  while (!text.empty()) {
    if (out.size() >= limit) return out + "...";
    const std::size_t length = character_length(text);
    out += length == 0 ? std::string_view("?") : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace lfmfit
