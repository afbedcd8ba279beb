#include "ask/located_json.hpp"

#include <fmt/format.h>

#include <iterator>
#include <set>
#include <vector>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

using Json = LocatedJson::Json;

constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMostKeys = 4'000'000;

/// Counts the lines that the parser has taken; the parser copies its iterators, so they share the count.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* line) : at_(at), line_(line) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    if (*at_++ == '\n') ++*line_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* line_;
};

/// nlohmann's text of a mistake without its tag and its own position.
std::string problem_of(std::string_view message) {
  const std::size_t tag = message.find("] ");
  if (tag != std::string_view::npos) message.remove_prefix(tag + 2);
  const std::size_t position = message.find(": ");
  if (message.substr(0, 11) == "parse error" && position != std::string_view::npos) message.remove_prefix(position + 2);
  return printable(message, 200);
}

/// Walks over the text once: refuses what the parser would take silently, and notes the line of each key and of each
/// object in the order of the text. (nlohmann's hooks into its own parser take quadratic time.)
class Notes : public nlohmann::json_sax<Json> {
 public:
  Notes(const std::string& path, const std::size_t& line) : path_(path), line_(line) {}

  [[noreturn]] void refuse(const std::string& problem) const {
    throw Error(ErrorKind::kBadFile, fmt::format("{}:{}: {}", printable(path_, 4096), line_, problem));
  }

  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(std::int64_t /*value*/) override { return true; }
  bool number_unsigned(std::uint64_t /*value*/) override { return true; }
  bool number_float(double /*value*/, const std::string& /*text*/) override { return true; }
  bool string(std::string& /*value*/) override { return true; }
  bool binary(Json::binary_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*elements*/) override {
    note();
    open();
    return true;
  }
  bool key(std::string& key) override {
    note();
    if (!keys_.back().insert(key).second)
      refuse(fmt::format("the key \"{}\" stands twice in one object; keep one", printable(key)));
    return true;
  }
  bool end_object() override {
    keys_.pop_back();
    return true;
  }
  bool start_array(std::size_t /*elements*/) override {
    open();
    return true;
  }
  bool end_array() override { return end_object(); }
  bool parse_error(std::size_t /*at*/, const std::string& /*token*/, const Json::exception& problem) override {
    refuse("this is no JSON: " + problem_of(problem.what()));
  }

  std::vector<std::size_t> lines;

 private:
  void note() {
    if (lines.size() == kMostKeys) refuse(fmt::format("more than {} keys; cut the file in parts", kMostKeys));
    lines.push_back(line_);
  }
  void open() {
    keys_.emplace_back();
    if (keys_.size() > kMaxDepth) refuse(fmt::format("nested deeper than {} levels", kMaxDepth));
  }

  const std::string& path_;
  const std::size_t& line_;
  std::vector<std::set<std::string>> keys_;  ///< of each object or list that is open
};

/// Gives the values of a tree their lines, in the order in which they were noted.
class Labeller {
 public:
  Labeller(const std::vector<std::size_t>& noted, std::unordered_map<const Json*, std::size_t>& lines)
      : next_(noted.begin()), lines_(lines) {}

  void label(const Json& value) {
    if (value.is_object()) {
      lines_.emplace(&value, *next_++);
      for (const auto& member : value.items()) {
        lines_.emplace(&member.value(), *next_++);
        label(member.value());
      }
    } else if (value.is_array()) {
      for (const Json& element : value) label(element);
    }
  }

 private:
  std::vector<std::size_t>::const_iterator next_;
  std::unordered_map<const Json*, std::size_t>& lines_;
};

}  // namespace

LocatedJson::LocatedJson(const std::string& path, std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(kByteOrderMark.size());
  std::size_t line = 1;
  Notes notes(path, line);
  const char* const end = text.data() + text.size();
  Json::sax_parse(CountingIterator(text.data(), &line), CountingIterator(end, &line), &notes,
                  Json::input_format_t::json, true, true);
  root_ = Json::parse(text.begin(), text.end(), nullptr, true, true);
  line = 1;
  if (!root_.is_object()) notes.refuse("this is no JSON object in braces");
  Labeller(notes.lines, lines_).label(root_);
}

std::size_t LocatedJson::line_of(const Json& value) const {
  const auto found = lines_.find(&value);
  return found == lines_.end() ? 1 : found->second;
}

}  // namespace lfmfit::ask
