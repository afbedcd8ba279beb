#include "catalog/strict_json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <variant>

#include "json/watched_json.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

using nlohmann::json;

[[noreturn]] void bad_file(std::string_view path, const std::string& problem) {
  throw Error(ErrorKind::kBadFile, fmt::format("{}: {}", path, problem));
}

/// nlohmann's text without its "[json.exception.parse_error.101] " tag.
std::string without_tag(std::string_view message) {
  const std::size_t end = message.find("] ");
  return std::string(end == std::string_view::npos ? message : message.substr(end + 2));
}

/// What a message shows of a value: short, whatever the file holds.
std::string shown(const json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 60) + "...";
  return text;
}

std::string words_for(const JsonProblem& problem) {
  switch (problem.kind) {
    case JsonProblem::Kind::kTooDeep:
      return fmt::format("nested deeper than {} levels; data files are not", kMaxJsonDepth);
    case JsonProblem::Kind::kTwice:
      return fmt::format("key {} appears twice in one object; keep one", shown(json(problem.detail)));
    case JsonProblem::Kind::kTooMany: return "too many keys";
    case JsonProblem::Kind::kBroken: break;
  }
  return fmt::format("not valid JSON: {}", without_tag(problem.detail));
}

}  // namespace

json parse_json(std::string_view path, std::string_view text) {
  auto parsed = parse_watched(text);
  if (const auto* problem = std::get_if<JsonProblem>(&parsed)) bad_file(path, words_for(*problem));
  return std::get<json>(std::move(parsed));
}

StrictObject::StrictObject(const json& value, std::string_view path, std::string row)
    : value_(&value), path_(path), row_(std::move(row)) {
  if (value.is_object()) return;
  const std::string place = row_.empty() ? std::string("the file") : fmt::format("row \"{}\"", row_);
  bad_file(path_, fmt::format("{} must be an object in braces, not {}", place, shown(value)));
}

void StrictObject::fail(const std::string& key, const std::string& problem) const {
  const std::string row = row_.empty() ? std::string() : fmt::format("row \"{}\": ", row_);
  bad_file(path_, fmt::format("{}key \"{}\" {}", row, key, problem));
}

bool StrictObject::has(const std::string& key) {
  known_.insert(key);
  return value_->contains(key);
}

const json& StrictObject::raw(const std::string& key) {
  if (!has(key)) fail(key, "is missing");
  return value_->at(key);
}

std::string StrictObject::text(const std::string& key) {
  const json& value = raw(key);
  if (!value.is_string()) fail(key, fmt::format("must be a text in quotes, not {}", shown(value)));
  return value.get<std::string>();
}

std::string StrictObject::text_or(const std::string& key, std::string fallback) {
  return has(key) ? text(key) : std::move(fallback);
}

std::int64_t StrictObject::integer(const std::string& key, std::int64_t min, std::int64_t max) {
  const json& value = raw(key);
  // Beyond 63 bits nlohmann holds an unsigned number, which get<int64_t>() would wrap.
  const bool wraps = value.is_number_unsigned() &&
                     value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!value.is_number_integer() || wraps) fail(key, fmt::format("must be a whole number, not {}", shown(value)));
  const auto number = value.get<std::int64_t>();
  if (number < min) fail(key, fmt::format("must be at least {}, not {}", min, number));
  if (number > max) fail(key, fmt::format("must be at most {}, not {}", max, number));
  return number;
}

std::int64_t StrictObject::integer_or(const std::string& key, std::int64_t fallback, std::int64_t min,
                                      std::int64_t max) {
  return has(key) ? integer(key, min, max) : fallback;
}

double StrictObject::number(const std::string& key, double min) {
  const json& value = raw(key);
  if (!value.is_number()) fail(key, fmt::format("must be a number, not {}", shown(value)));
  const double number = value.get<double>();
  if (!(number >= min)) fail(key, fmt::format("must be at least {}, not {}", min, number));
  return number;
}

double StrictObject::number_or(const std::string& key, double fallback, double min) {
  return has(key) ? number(key, min) : fallback;
}

bool StrictObject::flag(const std::string& key) {
  const json& value = raw(key);
  if (!value.is_boolean()) fail(key, fmt::format("must be true or false, not {}", shown(value)));
  return value.get<bool>();
}

bool StrictObject::flag_or(const std::string& key, bool fallback) { return has(key) ? flag(key) : fallback; }

std::optional<bool> StrictObject::optional_flag(const std::string& key) {
  return has(key) ? std::optional<bool>(flag(key)) : std::nullopt;
}

const json& StrictObject::array(const std::string& key) {
  const json& value = raw(key);
  if (!value.is_array()) fail(key, fmt::format("must be a list in brackets, not {}", shown(value)));
  return value;
}

std::vector<std::string> StrictObject::texts(const std::string& key) {
  std::vector<std::string> result;
  for (const json& value : array(key)) {
    if (!value.is_string()) fail(key, fmt::format("must list texts in quotes only, not {}", shown(value)));
    result.push_back(value.get<std::string>());
  }
  return result;
}

std::vector<std::int64_t> StrictObject::integers(const std::string& key, std::int64_t min) {
  std::vector<std::int64_t> result;
  for (const json& value : array(key)) {
    const json entry = {{key, value}};
    result.push_back(StrictObject(entry, path_, row_).integer(key, min));
  }
  return result;
}

std::string StrictObject::child(const std::string& key) const { return row_.empty() ? key : row_ + "." + key; }

StrictObject StrictObject::object(const std::string& key) { return StrictObject(raw(key), path_, child(key)); }

std::vector<StrictObject> StrictObject::objects(const std::string& key, const std::string& id_key) {
  std::vector<StrictObject> result;
  for (const json& value : array(key)) {
    std::string row = fmt::format("{}[{}]", child(key), result.size());
    if (!id_key.empty() && value.is_object() && value.contains(id_key) && value.at(id_key).is_string()) {
      row = value.at(id_key).get<std::string>();
    }
    result.emplace_back(value, path_, std::move(row));
  }
  return result;
}

std::vector<std::string> StrictObject::keys() const {
  std::vector<std::string> result;
  for (const auto& item : value_->items()) result.push_back(item.key());
  return result;
}

void StrictObject::finish() const {
  for (const auto& [key, value] : value_->get_ref<const json::object_t&>()) {
    if (known_.count(key) != 0) continue;
    fail(key, fmt::format("is unknown; the keys here are {}", fmt::join(known_, ", ")));
  }
}

}  // namespace lfmfit
