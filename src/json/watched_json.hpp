#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace lfmfit {

constexpr int kMaxJsonDepth = 32;

/// Why a text is not taken as JSON.
struct JsonProblem {
  enum class Kind { kBroken, kTooDeep, kTwice, kTooMany };
  Kind kind = Kind::kBroken;
  std::string detail;  ///< of kBroken: what nlohmann says, line and column in it; of kTwice: the key
};

/// What nlohmann would take silently, or never end with: objects that name a key twice, more than kMaxJsonDepth levels,
/// more than `most_keys` keys in all. Broken text is not looked for. Time is linear in the text but for a logarithm.
std::optional<JsonProblem> json_problem(std::string_view text, std::size_t most_keys = ~std::size_t{0});

/// `text` as JSON. It is walked twice, because nlohmann's own hooks for the first walk take quadratic time.
template <class Json = nlohmann::json>
std::variant<Json, JsonProblem> parse_watched(std::string_view text, std::size_t most_keys = ~std::size_t{0}) {
  if (auto problem = json_problem(text, most_keys)) return *std::move(problem);
  try {
    return Json::parse(text.begin(), text.end());
  } catch (const nlohmann::json::exception& broken) {
    return JsonProblem{JsonProblem::Kind::kBroken, broken.what()};
  }
}

}  // namespace lfmfit
