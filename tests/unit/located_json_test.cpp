#include "ask/located_json.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using lfmfit::Error;
using lfmfit::ask::LocatedJson;

namespace {

std::string fault_of(const std::string& text) {
  try {
    const LocatedJson json("f.json", text);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("every key and every object of a list knows its line") {
  const LocatedJson json("f.json", "// first\n{\n  \"a\": 1,\n  /* two\n lines */ \"b\": [\n {\"c\": {}},\n\n {}]}\n");
  const auto& root = json.root();
  CHECK(json.line_of(root) == 2);
  CHECK(json.line_of(root["a"]) == 3);
  CHECK(json.line_of(root["b"]) == 5);
  CHECK(json.line_of(root["b"][0]) == 6);
  CHECK(json.line_of(root["b"][0]["c"]) == 6);
  CHECK(json.line_of(root["b"][1]) == 8);
}

TEST_CASE("a byte order mark, Windows line ends and comments are no faults") {
  const LocatedJson json("f.json", "\xEF\xBB\xBF{\r\n\"a\": // one\r\n1}\r\n");
  CHECK(json.root()["a"] == 1);
  CHECK(json.line_of(json.root()["a"]) == 2);
}

TEST_CASE("a mistake in JSON is told with its line") {
  CHECK_THAT(fault_of("{\n\"a\": 1,\n}"), StartsWith("f.json:3: this is no JSON"));
  CHECK_THAT(fault_of("{\n/* open"), StartsWith("f.json:2: this is no JSON"));
  CHECK_THAT(fault_of("[]"), StartsWith("f.json:1: "));
  CHECK_THAT(fault_of(""), StartsWith("f.json:1: "));
  CHECK_THAT(fault_of(std::string("{\"a\": \0}", 8)), StartsWith("f.json:1: "));
  CHECK_THAT(fault_of("{\n\"a\": 1,\n\"a\": 2}"), StartsWith("f.json:3: the key \"a\" stands twice"));
}

TEST_CASE("endless nesting is refused") {
  CHECK_THAT(fault_of("{\"a\": " + std::string(100'000, '[')), Contains("nested deeper"));
}
