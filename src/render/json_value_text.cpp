#include "render/json_value_text.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "core/base/printable_length.hpp"

namespace lfmfit::render {

namespace {

/// The number of the character that well-formed `text` starts with.
std::uint32_t code_point(std::string_view text, std::size_t length) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  std::uint32_t code = length == 1 ? byte(0) : byte(0) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) code = (code << 6U) | (byte(i) & 0x3FU);
  return code;
}

/// As JSON writes it in ASCII: two halves beyond 16 bits.
std::string escape_of(std::uint32_t code) {
  if (code < 0x10000U) return fmt::format("\\u{:04x}", code);
  const std::uint32_t rest = code - 0x10000U;
  return fmt::format("\\u{:04x}\\u{:04x}", 0xD800U + (rest >> 10U), 0xDC00U + (rest & 0x3FFU));
}

std::size_t utf8_length(unsigned char first) {
  if (first < 0xC0U) return 1;
  if (first < 0xE0U) return 2;
  return first < 0xF0U ? 3 : 4;
}

bool is_ascii_text(char c) { return (c >= ' ' && c <= '~') || c == '\n'; }

/// `text` of JSON, in which strings alone hold more than ASCII.
std::string without_steering(std::string text) {
  std::size_t at = 0;
  while (at < text.size() && is_ascii_text(text[at])) ++at;
  if (at == text.size()) return text;
  std::string out = text.substr(0, at);
  while (at < text.size()) {
    const std::string_view rest = std::string_view(text).substr(at);
    const std::size_t length = utf8_length(static_cast<unsigned char>(rest.front()));
    const bool keeps = is_ascii_text(rest.front()) || printable_length(rest) > 0;
    out += keeps ? std::string(rest.substr(0, length)) : escape_of(code_point(rest, length));
    at += length;
  }
  return out;
}

}  // namespace

std::string json_value_text(const Json& json, int indent) {
  return without_steering(json.dump(indent, ' ', false, Json::error_handler_t::replace));
}

std::string json_text(const Json& json, int indent) { return json_value_text(json, indent) + "\n"; }

}  // namespace lfmfit::render
