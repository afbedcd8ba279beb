#include "readers/bounded_json.hpp"

#include <fmt/format.h>

#include <string_view>
#include <variant>

#include "core/base/printable.hpp"
#include "json/watched_json.hpp"
#include "lfmfit/error.hpp"
#include "readers/named_file.hpp"

namespace lfmfit {

namespace {

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

std::string words_for(const JsonProblem& problem) {
  switch (problem.kind) {
    case JsonProblem::Kind::kTooDeep: return fmt::format("nests more than {} levels deep", kMaxJsonDepth);
    case JsonProblem::Kind::kTwice: return fmt::format("names the key \"{}\" twice", printable(problem.detail));
    case JsonProblem::Kind::kTooMany: return "holds too many keys";
    case JsonProblem::Kind::kBroken: break;
  }
  return fmt::format("is no JSON: {}", printable(problem.detail, 200));
}

}  // namespace

nlohmann::json parse_json_object(const std::string& name, const std::string& text) {
  auto parsed = parse_watched(without_python_numbers(text));
  if (const auto* problem = std::get_if<JsonProblem>(&parsed)) refuse(name, words_for(*problem));
  auto& document = std::get<nlohmann::json>(parsed);
  if (!document.is_object()) refuse(name, "holds no JSON object");
  return std::move(document);
}

nlohmann::json read_json_object(const ByteSource& source, std::int64_t limit) {
  return parse_json_object(source.name(), read_all(source, limit));
}

}  // namespace lfmfit
