#include "catalog/json_slices.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"

namespace {

using Catch::Matchers::Contains;
using namespace lfmfit;

std::string message_of(std::string_view text) {
  try {
    json_members("f.json", text);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadFile);
    return error.what();
  }
  return {};
}

TEST_CASE("An object is cut at its members") {
  const auto members = json_members("f", R"( {"a": 1, "b" :{"c":[1,"}"]} ,"d":"x\"]}"} )");
  REQUIRE(members.size() == 3);
  CHECK(members[0].key == "a");
  CHECK(members[0].value == "1");
  CHECK(members[1].value == R"({"c":[1,"}"]})");
  CHECK(members[2].value == R"("x\"]}")");
  CHECK(json_members("f", "{}").empty());
  CHECK(json_first_member("f", R"({"a": [1], "b)").value == "[1]");
}

TEST_CASE("An array is cut at its elements") {
  const auto elements = json_elements("f", R"([{"a":1}, [2] ,3,"]"])");
  REQUIRE(elements.size() == 4);
  CHECK(elements[0] == R"({"a":1})");
  CHECK(elements[1] == "[2]");
  CHECK(elements[2] == "3");
  CHECK(elements[3] == R"("]")");
  CHECK(json_elements("f", "[]").empty());
}

TEST_CASE("Rows under one key are cut in one walk, and another key is refused by its name") {
  const auto rows = json_elements_under("f", R"({"rows": [{"a": "\\", "b": ""}, {"c": "]\""}]} )", "rows");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0] == R"({"a": "\\", "b": ""})");
  CHECK(rows[1] == R"({"c": "]\""})");
  CHECK(json_elements_under("f", R"({"rows": []})", "rows").empty());
  CHECK_THROWS_WITH(json_elements_under("f", R"({"rwos": []})", "rows"), Contains("f: key \"rwos\" is unknown here"));
  for (const char* text :
       {R"({"rows": []}, 1)", R"({"rows": [], "more": []})", R"({"rows": {}})", R"({"rows": [})", "{}"}) {
    INFO(text);
    CHECK_THROWS_AS(json_elements_under("f", text, "rows"), Error);
  }
}

TEST_CASE("Pieces that do not fit together are refused with the file's name") {
  for (const char* text :
       {"", "{", "[]", "{\"a\":1", "{\"a\":1,}", "{\"a\":}", "{\"a\" 1}", "{a:1}", "{\"a\":1 \"b\":2}", "{\"a\":\"x}",
        "{\"a\":[1}", "{\"a\":1}}", "{\"a\":{\"b\":1}", "{\"a\":1} x", "{\"a\\n\":1}", "{\"a\":\"\\"}) {
    INFO(text);
    CHECK_THAT(message_of(text), Contains("f.json: not valid JSON"));
  }
  CHECK_THAT(message_of("{\"a\":1,\"a\":2}"), Contains("twice"));
  CHECK_THROWS_AS(json_elements("f", "[1,]"), Error);
  CHECK_THROWS_AS(json_elements("f", "{}"), Error);
}

TEST_CASE("An object of endless keys is refused early") {
  std::string text = "{";
  for (int i = 0; i < 100000; ++i) text.append("\"").append(std::to_string(i)).append("\":1,");
  CHECK_THAT(message_of(text + "\"x\":1}"), Contains("too many keys"));
}

TEST_CASE("Deep nesting needs no stack") {
  const std::string text = "{\"a\":" + std::string(1000000, '[') + std::string(1000000, ']') + "}";
  CHECK(json_members("f", text).size() == 1);
}

}  // namespace
