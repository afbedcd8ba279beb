#include "readers/bounded_json.hpp"

#include <fmt/format.h>

#include <set>
#include <string_view>
#include <vector>

#include "lfmfit/error.hpp"
#include "readers/printable.hpp"

namespace lfmfit {

namespace {

constexpr int kMaxDepth = 32;

[[noreturn]] void refuse(const std::string& name, const std::string& what) {
  throw Error(ErrorKind::kBadFile, fmt::format("{}: {}", printable(name, 4096), what));
}

/// Python writes Infinity and NaN, which JSON does not have, into files: they become null or 0.
std::string without_python_numbers(std::string text) {
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && in_text)
      ++i;
    else if (text[i] == '"')
      in_text = !in_text;
    else if (!in_text) {
      for (const std::string_view word : {"-Infinity", "Infinity", "NaN"}) {
        if (text.compare(i, word.size(), word) != 0) continue;
        text.replace(i, word.size(), word.size() < 4 ? "0.0" : "null" + std::string(word.size() - 4, ' '));
        break;
      }
    }
  }
  return text;
}

}  // namespace

nlohmann::json parse_json_object(const std::string& name, const std::string& text) {
  using nlohmann::json;
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  const auto check = [&](int depth, json::parse_event_t event, json& value) {
    if (depth > kMaxDepth) refuse(name, fmt::format("nests more than {} levels deep", kMaxDepth));
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second) {
      refuse(name, fmt::format("names the key \"{}\" twice", printable(value.get<std::string>())));
    }
    return true;
  };
  json document;
  try {
    document = json::parse(without_python_numbers(text), check);
  } catch (const json::exception& error) {
    refuse(name, fmt::format("is no JSON: {}", printable(error.what(), 200)));
  }
  if (!document.is_object()) refuse(name, "holds no JSON object");
  return document;
}

nlohmann::json read_json_object(const ByteSource& source, std::int64_t limit) {
  return parse_json_object(source.name(), read_all(source, limit));
}

}  // namespace lfmfit
