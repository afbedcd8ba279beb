#pragma once

#include <string>
#include <string_view>

namespace lfmfit::render {

/// How a piece of text stands out on a terminal. Colour only repeats what the words say.
enum class Style { kPlain, kStrong, kFaint, kGood, kFair, kPoor, kBad };

/// The terminal that text is laid out on.
struct Terminal {
  int width = 80;        ///< columns
  bool colour = false;   ///< whether styles show
  bool shortens = true;  ///< names are shortened to keep to the width; into a pipe nothing is
};

/// `text` in `style`, as escape sequences of ANSI terminals; unchanged without colour.
std::string styled(const std::string& text, Style style, const Terminal& terminal);

/// `text` on one line, of any length, without what could steer a terminal or hide in it: see core/base/printable.hpp.
std::string printable(std::string_view text);

/// Columns that `text` takes, one for each character of UTF-8.
int width_of(const std::string& text);

/// `text` broken into lines of at most `width` columns, as far as it can be: before any `separator`, whose first blank
/// the line break takes. Lines after the first begin with `indent`.
std::string wrapped(const std::string& text, int width, const std::string& indent, const std::string& separator = " ");

/// `text`, made safe to print, as a line that belongs to the one above it, with its end.
std::string indented(const std::string& text, const Terminal& terminal, const std::string& separator = " ");

/// `text` shortened to `width` columns by leaving out its middle: "MacBook Pro…x 128GB".
std::string elided(const std::string& text, int width);

}  // namespace lfmfit::render
