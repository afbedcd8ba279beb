#include "catalog/strict_json.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"

namespace {

using Catch::Matchers::Contains;
using lfmfit::parse_json;
using lfmfit::StrictObject;

/// The message of the error that `read` throws; empty when it throws none.
template <class Read>
std::string message_of(Read read) {
  try {
    read();
  } catch (const lfmfit::Error& error) {
    CHECK(error.kind() == lfmfit::ErrorKind::kBadFile);
    return error.what();
  }
  return {};
}

TEST_CASE("Keys are read as what they are") {
  const auto value = parse_json("f.json", R"({"t":"x","n":7,"d":2.5,"b":true,"l":["a","b"],"i":[1,2],"o":{"n":1}})");
  StrictObject object(value, "f.json", "r");
  CHECK(object.text("t") == "x");
  CHECK(object.integer("n") == 7);
  CHECK(object.number("d") == 2.5);
  CHECK(object.number("n") == 7);
  CHECK(object.flag("b"));
  CHECK(object.texts("l") == std::vector<std::string>{"a", "b"});
  CHECK(object.integers("i") == std::vector<std::int64_t>{1, 2});
  CHECK(object.object("o").integer("n") == 1);
  object.finish();
}

TEST_CASE("A missing optional key gives the default") {
  const auto value = parse_json("f.json", "{}");
  StrictObject object(value, "f.json", "r");
  CHECK(object.text_or("t", "none") == "none");
  CHECK(object.integer_or("n", -1) == -1);
  CHECK(object.number_or("d", 0.5) == 0.5);
  CHECK(object.flag_or("b", true));
  CHECK_FALSE(object.optional_flag("b").has_value());
}

TEST_CASE("An unknown key is named with its file and row") {
  const auto value = parse_json("f.json", R"({"rows":[{"id":"first","sise":1}]})");
  StrictObject root(value, "f.json");
  auto rows = root.objects("rows", "id");
  REQUIRE(rows.size() == 1);
  rows[0].text("id");
  rows[0].integer_or("size", 0);
  CHECK_THAT(message_of([&] { rows[0].finish(); }),
             Contains("f.json") && Contains("\"first\"") && Contains("\"sise\"") && Contains("id, size"));
}

TEST_CASE("A value of another kind is refused with what was found") {
  const auto value = parse_json("f.json", R"({"a":"x","b":1.0,"c":-1,"d":18446744073709551615,"e":[1,"x"]})");
  StrictObject object(value, "f.json", "r");
  CHECK_THAT(message_of([&] { object.integer("a"); }), Contains("whole number") && Contains("\"x\""));
  CHECK_THAT(message_of([&] { object.integer("b"); }), Contains("whole number"));
  CHECK_THAT(message_of([&] { object.integer("c"); }), Contains("at least 0"));
  CHECK_THAT(message_of([&] { object.integer("d"); }), Contains("whole number"));
  CHECK_THAT(message_of([&] { object.integers("e"); }), Contains("\"e\"") && Contains("whole number"));
  CHECK_THAT(message_of([&] { object.texts("e"); }), Contains("texts"));
  CHECK_THAT(message_of([&] { object.flag("a"); }), Contains("true or false"));
  CHECK_THAT(message_of([&] { object.number("c"); }), Contains("at least 0"));
  CHECK_THAT(message_of([&] { object.object("a"); }), Contains("\"r.a\"") && Contains("object"));
  CHECK_THAT(message_of([&] { object.objects("a"); }), Contains("list"));
  CHECK_THAT(message_of([&] { object.text("z"); }), Contains("\"z\"") && Contains("missing"));
}

TEST_CASE("Broken JSON is refused with its file and place") {
  CHECK_THAT(message_of([] { parse_json("f.json", "{\"a\": }"); }), Contains("f.json") && Contains("line 1"));
  CHECK_THAT(message_of([] { parse_json("f.json", "[1e999]"); }), Contains("f.json"));
  CHECK_THAT(message_of([] { parse_json("f.json", ""); }), Contains("f.json"));
}

TEST_CASE("A key given twice is refused") {
  CHECK_THAT(message_of([] { parse_json("f.json", R"({"o":{"a":1,"a":2}})"); }),
             Contains("\"a\"") && Contains("twice"));
  CHECK(message_of([] { parse_json("f.json", R"([{"a":1},{"a":2,"o":{"a":3}}])"); }).empty());
}

TEST_CASE("Endless nesting is refused") {
  CHECK_THAT(message_of([] { parse_json("f.json", std::string(100000, '[')); }), Contains("nested"));
}

}  // namespace
