#include "catalog/json_slices.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

/// A table of the characters that are among `wanted`.
constexpr std::array<bool, 256> table_of(std::string_view wanted) {
  std::array<bool, 256> is{};
  for (const char c : wanted) is[static_cast<unsigned char>(c)] = true;
  return is;
}

constexpr std::array<bool, 256> kIsBlank = table_of(" \n\r\t");
constexpr std::array<bool, 256> kIsBracketOrQuote = table_of("\"{}[]");
constexpr std::array<bool, 256> kEndsWord = table_of(",:}] \n\r\t");

constexpr bool is_in(const std::array<bool, 256>& table, char c) { return table[static_cast<unsigned char>(c)]; }

/// Walks over JSON text value by value. Half a megabyte is walked over at each start, so it looks at no byte twice.
class Walker {
 public:
  Walker(std::string_view path, std::string_view text)
      : path_(path), text_(text), at_(text.data()), end_(text.data() + text.size()) {}

  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorKind::kBadFile, std::string(path_) + ": not valid JSON: " + problem + " at byte " +
                                         std::to_string(at_ - text_.data()) + " of " + shown());
  }

  char peek() {
    skip_blanks();
    return at_ != end_ ? *at_ : '\0';
  }

  void expect(char wanted) {
    if (!accept(wanted)) fail(std::string("expected '") + wanted + "'");
  }

  bool accept(char wanted) {
    skip_blanks();
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }

  void expect_end() {
    skip_blanks();
    if (at_ != end_) fail("unexpected text");
  }

  std::string_view key() {
    if (!accept('"')) fail("expected a key in quotes");
    const char* const start = at_;
    skip_while([](char c) { return c != '"' && c != '\\'; });
    if (at_ == end_) fail("a quote is not closed");
    if (*at_ == '\\') fail("a key may hold no backslash");
    return {start, static_cast<std::size_t>(at_++ - start)};
  }

  /// The elements of an array.
  std::vector<std::string_view> elements() {
    std::vector<std::string_view> elements;
    expect('[');
    if (accept(']')) return elements;
    do {
      elements.push_back(value());
    } while (accept(','));
    expect(']');
    return elements;
  }

  /// One value: a string, an object or array with all it holds, or a bare word.
  std::string_view value() {
    const char first = peek();
    const char* const start = at_;
    if (first == '"') {
      skip_string();
    } else if (first == '{' || first == '[') {
      skip_nested();
    } else {
      skip_while([](char c) { return !is_in(kEndsWord, c); });
    }
    if (at_ == start) fail("expected a value");
    return {start, static_cast<std::size_t>(at_ - start)};
  }

 private:
  /// With a position of its own, which the compiler keeps in a register.
  template <class Holds>
  void skip_while(const Holds& holds) {
    const char* at = at_;
    while (at != end_ && holds(*at)) ++at;
    at_ = at;
  }

  void skip_blanks() {
    skip_while([](char c) { return is_in(kIsBlank, c); });
  }

  void skip_nested() {
    std::size_t depth = 0;
    do {
      skip_while([](char c) { return !is_in(kIsBracketOrQuote, c); });
      if (at_ == end_) fail("a bracket is not closed");
      if (*at_ == '"') {
        skip_string();
        continue;
      }
      *at_ == '{' || *at_ == '[' ? ++depth : --depth;
      ++at_;
    } while (depth > 0);
  }

  void skip_string() {
    do {
      const char* const from = at_ + 1;
      at_ = static_cast<const char*>(std::memchr(from, '"', static_cast<std::size_t>(end_ - from)));
      if (at_ == nullptr) {
        at_ = end_;
        fail("a quote is not closed");
      }
    } while (is_escaped(at_));
    ++at_;
  }

  /// Whether a quote behind an opening one is part of the text: backslashes stand for themselves, two by two.
  static bool is_escaped(const char* quote) {
    const char* first = quote;
    while (first[-1] == '\\') --first;
    return (quote - first) % 2 != 0;
  }

  std::string shown() const {
    std::string start(text_.substr(0, 40));
    std::replace_if(
        start.begin(), start.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e; }, ' ');
    return start + (text_.size() > 40 ? "..." : "");
  }

  std::string_view path_;
  std::string_view text_;
  const char* at_;
  const char* end_;
};

bool has_key(const std::vector<JsonMember>& members, std::string_view key) {
  return std::any_of(members.begin(), members.end(), [key](const JsonMember& member) { return member.key == key; });
}

}  // namespace

std::uint64_t mark_of(std::string_view key) {
  if (key.empty()) return 1;
  const auto letter = [key](std::size_t at) { return static_cast<std::uint64_t>(static_cast<unsigned char>(key[at])); };
  return std::uint64_t{1} << ((key.size() * 7 + letter(0) * 5 + letter(key.size() / 2) * 3 + letter(key.size() - 1)) %
                              64);
}

std::vector<JsonMember> json_members(std::string_view path, std::string_view text) {
  Walker walker(path, text);
  std::vector<JsonMember> members;
  members.reserve(32);
  std::uint64_t marks = 0;
  walker.expect('{');
  if (!walker.accept('}')) {
    do {
      JsonMember member;
      member.key = walker.key();
      walker.expect(':');
      member.value = walker.value();
      const std::uint64_t mark = mark_of(member.key);
      if ((marks & mark) != 0 && has_key(members, member.key))
        walker.fail("key \"" + std::string(member.key.substr(0, 60)) + "\" comes twice");
      marks |= mark;
      if (members.size() == kMaxJsonKeys) walker.fail("too many keys");
      members.push_back(member);
    } while (walker.accept(','));
    walker.expect('}');
  }
  walker.expect_end();
  return members;
}

JsonMember json_first_member(std::string_view path, std::string_view text) {
  Walker walker(path, text);
  JsonMember member;
  walker.expect('{');
  if (walker.peek() == '}') return member;
  member.key = walker.key();
  walker.expect(':');
  member.value = walker.value();
  return member;
}

std::vector<std::string_view> json_elements(std::string_view path, std::string_view text) {
  Walker walker(path, text);
  std::vector<std::string_view> elements = walker.elements();
  walker.expect_end();
  return elements;
}

std::vector<std::string_view> json_elements_under(std::string_view path, std::string_view text, std::string_view key) {
  Walker walker(path, text);
  walker.expect('{');
  if (const std::string_view found = walker.key(); found != key)
    throw Error(ErrorKind::kBadFile, std::string(path) + ": key \"" + std::string(found) + "\" is unknown here");
  walker.expect(':');
  std::vector<std::string_view> elements = walker.elements();
  walker.expect('}');
  walker.expect_end();
  return elements;
}

}  // namespace lfmfit
