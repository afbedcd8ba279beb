#include "catalog/json_slices.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

constexpr std::array<bool, 256> kIsBracketOrQuote = [] {
  std::array<bool, 256> is{};
  for (char c : {'"', '{', '}', '[', ']'}) is[static_cast<unsigned char>(c)] = true;
  return is;
}();

/// Walks over JSON text value by value.
class Walker {
 public:
  Walker(std::string_view path, std::string_view text) : path_(path), text_(text) {}

  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorKind::kBadFile, std::string(path_) + ": not valid JSON: " + problem + " at byte " +
                                         std::to_string(position_) + " of " + shown());
  }

  void skip_blanks() {
    while (position_ < text_.size() && is_blank(text_[position_])) ++position_;
  }

  char peek() {
    skip_blanks();
    return position_ < text_.size() ? text_[position_] : '\0';
  }

  void expect(char wanted) {
    if (peek() != wanted) fail(std::string("expected '") + wanted + "'");
    ++position_;
  }

  bool accept(char wanted) {
    if (peek() != wanted) return false;
    ++position_;
    return true;
  }

  void expect_end() {
    if (peek() != '\0' || position_ < text_.size()) fail("unexpected text");
  }

  std::string_view key() {
    const std::string_view quoted = value();
    if (quoted.size() < 2 || quoted.front() != '"') fail("expected a key in quotes");
    const std::string_view inner = quoted.substr(1, quoted.size() - 2);
    if (inner.find('\\') != std::string_view::npos) fail("a key may hold no backslash");
    return inner;
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
    skip_blanks();
    const std::size_t start = position_;
    std::size_t depth = 0;
    while (position_ < text_.size()) {
      const char c = text_[position_];
      if (depth > 0 && !kIsBracketOrQuote[static_cast<unsigned char>(c)]) {
        ++position_;
        continue;
      }
      if (c == '"') {
        skip_string();
      } else if (c == '{' || c == '[') {
        ++depth;
        ++position_;
      } else if (c == '}' || c == ']') {
        if (depth == 0) break;
        --depth;
        ++position_;
      } else if (depth == 0 && (c == ',' || c == ':' || is_blank(c))) {
        break;
      } else {
        ++position_;
        continue;
      }
      if (depth == 0) break;
    }
    if (depth > 0) fail("a bracket is not closed");
    if (position_ == start) fail("expected a value");
    return text_.substr(start, position_ - start);
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

  void skip_string() {
    const std::size_t start = position_ + 1;
    for (std::size_t end = text_.find('"', start); end != std::string_view::npos; end = text_.find('"', end + 1)) {
      position_ = end + 1;
      std::size_t escapes = 0;  // an even number of them stand for themselves
      while (text_[end - 1 - escapes] == '\\') ++escapes;
      if (escapes % 2 == 0) return;
    }
    position_ = text_.size();
    fail("a quote is not closed");
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
  std::size_t position_ = 0;
};

bool has_key(const std::vector<JsonMember>& members, std::string_view key) {
  return std::any_of(members.begin(), members.end(), [key](const JsonMember& member) { return member.key == key; });
}

}  // namespace

std::uint64_t mark_of(std::string_view key) {
  if (key.empty()) return 1;
  const auto letter = [key](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(key[at])); };
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
