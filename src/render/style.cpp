#include "render/style.hpp"

#include <algorithm>
#include <cstddef>

#include "core/base/printable.hpp"

namespace lfmfit::render {

namespace {

const char* escape_sequence(Style style) {
  switch (style) {
    case Style::kPlain: return "";
    case Style::kStrong: return "\x1b[1m";
    case Style::kFaint: return "\x1b[2m";
    case Style::kGood: return "\x1b[32m";
    case Style::kFair: return "\x1b[36m";
    case Style::kPoor: return "\x1b[33m";
    case Style::kBad: return "\x1b[31m";
  }
  return "";
}

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

/// Where character number `count` of `text` begins.
std::size_t offset_of(const std::string& text, int count) {
  std::size_t offset = 0;
  for (; offset < text.size(); ++offset) {
    if (begins_character(text[offset]) && count-- == 0) break;
  }
  return offset;
}

}  // namespace

std::string styled(const std::string& text, Style style, const Terminal& terminal) {
  if (!terminal.colour || style == Style::kPlain) return text;
  return escape_sequence(style) + text + "\x1b[0m";
}

std::string printable(std::string_view text) { return lfmfit::printable(text, std::string_view::npos); }

int width_of(const std::string& text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string wrapped(const std::string& text, int width, const std::string& indent, const std::string& separator) {
  std::string result, line;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find(separator, start + 1), text.size());
    const std::string piece = text.substr(start, end - start);  // begins with a blank, but for the first
    if (start > 0 && width_of(line) + width_of(piece) > width) {
      result += line + "\n";
      line = indent + piece.substr(1);
    } else {
      line += piece;
    }
    start = end;
  }
  return result + line;
}

std::string indented(const std::string& text, const Terminal& terminal, const std::string& separator) {
  return wrapped("  " + printable(text), terminal.width, "    ", separator) + "\n";
}

std::string elided(const std::string& text, int width) {
  const int length = width_of(text);
  if (length <= width) return text;
  const int kept = std::max(width - 1, 0);
  const int back = kept / 2;
  return text.substr(0, offset_of(text, kept - back)) + (width > 0 ? "\u2026" : "") +
         text.substr(offset_of(text, length - back));
}

}  // namespace lfmfit::render
