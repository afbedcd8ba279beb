#include "json/watched_json.hpp"

#include <chrono>

#include "catch.hpp"

using namespace lfmfit;
using Kind = JsonProblem::Kind;

namespace {

Kind kind_of(const std::string& text, std::size_t most_keys = 1000) {
  const auto problem = json_problem(text, most_keys);
  REQUIRE(problem);
  return problem->kind;
}

std::string nested(int depth) {
  const auto count = static_cast<std::size_t>(depth);
  return std::string(count, '[') + std::string(count, ']');
}

std::string object_of(int keys) {
  std::string text = "{";
  for (int i = 0; i < keys; ++i) text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":{\"a\":[0,1]}";
  return text + "}";
}

double seconds_for(const std::string& text) {
  const auto start = std::chrono::steady_clock::now();
  CHECK(std::holds_alternative<nlohmann::json>(parse_watched(text)));
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("JSON that a parser would take silently is a problem") {
  CHECK(kind_of(R"({"a": 1, "b": {"a": 1, "a": 2}})") == Kind::kTwice);
  CHECK(json_problem(R"({"a": 1, "a": 2})")->detail == "a");
  CHECK(kind_of(nested(kMaxJsonDepth + 1)) == Kind::kTooDeep);
  CHECK(kind_of(std::string(1'000'000, '[')) == Kind::kTooDeep);
}

TEST_CASE("JSON of any other kind is none") {
  CHECK_FALSE(json_problem(R"([{"a": 1}, {"a": 2, "o": {"a": 3}}, 1.5, true, null, "x"])"));
  CHECK_FALSE(json_problem(nested(kMaxJsonDepth)));
  CHECK_FALSE(json_problem(object_of(10), 20));
  CHECK(kind_of(object_of(10), 19) == Kind::kTooMany);
}

TEST_CASE("Broken JSON is a problem with the place in it") {
  const auto parsed = parse_watched("{\"a\": }");
  REQUIRE(std::holds_alternative<JsonProblem>(parsed));
  CHECK_THAT(std::get<JsonProblem>(parsed).detail, Catch::Matchers::Contains("line 1"));
}

TEST_CASE("JSON four times as long takes about four times as long") {
  const std::string small = object_of(6'000);
  const std::string large = object_of(24'000);
  const double before = seconds_for(small);
  CHECK(seconds_for(large) < 10 * before + 0.1);
}
