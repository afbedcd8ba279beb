#include "catalog/row_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/decimal.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

std::string shown(std::string_view value) {
  return std::string(value.size() > 60 ? value.substr(0, 60) : value) + (value.size() > 60 ? "..." : "");
}

bool is_simple(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c != '\\' && c >= 0x20 && c < 0x7f; });
}

bool is_decimal_digit(char c) { return c >= '0' && c <= '9'; }

/// from_chars takes more than JSON does: "01", "inf", ".5".
bool looks_like_number(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  if (text.empty() || !is_decimal_digit(text.front()) || !is_decimal_digit(text.back())) return false;
  return !(text.size() > 1 && text[0] == '0' && is_decimal_digit(text[1]));
}

std::from_chars_result number_from(const char* first, const char* last, double& value) {
  return decimal_from(first, last, value);
}

std::from_chars_result number_from(const char* first, const char* last, std::int64_t& value) {
  return std::from_chars(first, last, value);
}

template <class Number>
bool parse(std::string_view text, Number& value) {
  if (!looks_like_number(text)) return false;
  const auto result = number_from(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

}  // namespace

RowReader::RowReader(std::string_view path, std::string_view text, std::string row)
    : path_(path), row_(std::move(row)), members_(json_members(path, text)) {
  for (const JsonMember& member : members_) marks_ |= mark_of(member.key);
}

const std::string_view* RowReader::find(std::string_view key) {
  if ((marks_ & mark_of(key)) == 0) return nullptr;
  const auto is_it = [key](const JsonMember& member) { return member.key == key; };
  if (next_ > 0 && is_it(members_[next_ - 1])) return &members_[next_ - 1].value;  // what has() was asked for
  const auto next = members_.begin() + static_cast<std::ptrdiff_t>(next_);
  auto found = std::find_if(next, members_.end(), is_it);
  if (found == members_.end()) {
    found = std::find_if(members_.begin(), next, is_it);
    if (found == next) return nullptr;
  }
  const auto at = static_cast<std::size_t>(found - members_.begin());
  known_.set(at);
  next_ = at + 1;
  return &found->value;
}

void RowReader::fail(std::string_view key, const std::string& problem) const {
  const std::string row = row_.empty() ? std::string() : fmt::format("row \"{}\": ", row_);
  throw Error(ErrorKind::kBadFile, fmt::format("{}: {}key \"{}\" {}", path_, row, key, problem));
}

bool RowReader::has(std::string_view key) { return find(key) != nullptr; }

std::string_view RowReader::raw(std::string_view key) {
  const std::string_view* value = find(key);
  if (value == nullptr) fail(key, "is missing; add it");
  return *value;
}

std::string json_text(const RowReader& reader, std::string_view key, std::string_view value) {
  if (value.size() < 2 || value.front() != '"')
    reader.fail(key, fmt::format("must be a text in quotes, not {}", shown(value)));
  const std::string_view inner = value.substr(1, value.size() - 2);
  if (is_simple(inner)) return std::string(inner);
  try {
    return nlohmann::json::parse(value.begin(), value.end()).get<std::string>();
  } catch (const nlohmann::json::exception&) {
    reader.fail(key, "is no valid JSON text; check its escapes and its encoding (UTF-8)");
  }
}

std::string RowReader::text(std::string_view key) { return json_text(*this, key, raw(key)); }

std::string RowReader::text_or(std::string_view key, std::string fallback) {
  const std::string_view* value = find(key);
  return value != nullptr ? json_text(*this, key, *value) : std::move(fallback);
}

std::int64_t RowReader::whole_number(std::string_view key, std::string_view value, std::int64_t low,
                                     std::int64_t high) const {
  std::int64_t number = 0;
  if (!parse(value, number)) fail(key, fmt::format("must be a whole number, not {}", shown(value)));
  if (number < low || number > high) fail(key, fmt::format("is {}; it must lie between {} and {}", number, low, high));
  return number;
}

std::int64_t RowReader::integer(std::string_view key, std::int64_t low, std::int64_t high) {
  return whole_number(key, raw(key), low, high);
}

std::vector<std::int64_t> RowReader::integers_or_none(std::string_view key, std::int64_t low, std::int64_t high) {
  std::vector<std::int64_t> numbers;
  if (!has(key)) return numbers;
  const std::string_view value = raw(key);
  if (value.empty() || value.front() != '[') fail(key, fmt::format("must be a list in brackets, not {}", shown(value)));
  for (std::string_view element : json_elements(path_, value)) numbers.push_back(whole_number(key, element, low, high));
  return numbers;
}

std::int64_t RowReader::integer_or(std::string_view key, std::int64_t fallback, std::int64_t low, std::int64_t high) {
  const std::string_view* value = find(key);
  return value != nullptr ? whole_number(key, *value, low, high) : fallback;
}

double RowReader::any_number(std::string_view key, std::string_view value, double low, double high) const {
  double number = 0;
  if (!parse(value, number)) fail(key, fmt::format("must be a number, not {}", shown(value)));
  if (!(number >= low && number <= high))
    fail(key, fmt::format("is {}; it must lie between {} and {}", number, low, high));
  return number;
}

double RowReader::number(std::string_view key, double low, double high) { return any_number(key, raw(key), low, high); }

double RowReader::number_or(std::string_view key, double fallback, double low, double high) {
  const std::string_view* value = find(key);
  return value != nullptr ? any_number(key, *value, low, high) : fallback;
}

bool RowReader::flag_or(std::string_view key, bool fallback) {
  const std::string_view* value = find(key);
  if (value == nullptr) return fallback;
  if (*value == "true") return true;
  if (*value == "false") return false;
  fail(key, fmt::format("must be true or false, not {}", shown(*value)));
}

std::optional<bool> RowReader::optional_flag(std::string_view key) {
  return has(key) ? std::optional<bool>(flag_or(key, false)) : std::nullopt;
}

std::vector<std::string> RowReader::texts(std::string_view key) {
  const std::string_view value = raw(key);
  if (value.empty() || value.front() != '[') fail(key, fmt::format("must be a list in brackets, not {}", shown(value)));
  std::vector<std::string> texts;
  for (std::string_view element : json_elements(path_, value)) texts.push_back(json_text(*this, key, element));
  return texts;
}

std::vector<std::string> RowReader::texts_or_none(std::string_view key) {
  return has(key) ? texts(key) : std::vector<std::string>();
}

RowReader RowReader::object(std::string_view key) {
  const std::string_view value = raw(key);
  if (value.empty() || value.front() != '{')
    fail(key, fmt::format("must be an object in braces, not {}", shown(value)));
  return RowReader(path_, value, row_.empty() ? std::string(key) : row_ + "." + std::string(key));
}

std::vector<RowReader> RowReader::objects(std::string_view key) {
  const std::string_view value = raw(key);
  if (value.empty() || value.front() != '[') fail(key, fmt::format("must be a list in brackets, not {}", shown(value)));
  std::vector<RowReader> rows;
  for (std::string_view element : json_elements(path_, value)) {
    const std::string name = fmt::format("{}{}{}[{}]", row_, row_.empty() ? "" : ".", key, rows.size());
    if (element.front() != '{') fail(key, fmt::format("must hold objects in braces, not {}", shown(element)));
    rows.emplace_back(path_, element, name);
  }
  return rows;
}

std::vector<std::string_view> RowReader::keys() const {
  std::vector<std::string_view> keys;
  for (const JsonMember& member : members_) keys.push_back(member.key);
  return keys;
}

void RowReader::finish() const {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!known_[i]) fail(shown(members_[i].key), "is unknown here; check its spelling or remove it");
  }
}

}  // namespace lfmfit
