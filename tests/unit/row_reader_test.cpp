#include "catalog/row_reader.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"

namespace {

using Catch::Matchers::Contains;
using namespace lfmfit;

template <class Read>
std::string message_of(Read read) {
  try {
    read();
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadFile);
    return error.what();
  }
  return {};
}

TEST_CASE("A row's keys are read as what they are") {
  RowReader row("f.json", R"({"t":"x","e":"a\u00e9\n","u":"ü","n":-7,"d":2.5e1,"b":true,"o":{"n":1},"l":[{"n":2}]})",
                "r");
  CHECK(row.text("t") == "x");
  CHECK(row.text("e") == "a\u00e9\n");
  CHECK(row.text("u") == "ü");
  CHECK(row.integer("n", -10) == -7);
  CHECK(row.number("d", 0, 100) == 25);
  CHECK(row.flag_or("b", false));
  CHECK(row.object("o").integer("n") == 1);
  CHECK(row.objects("l").at(0).integer("n") == 2);
  row.finish();
  CHECK(row.text_or("none", "fallback") == "fallback");
  CHECK(row.integer_or("none", 3) == 3);
  CHECK(row.number_or("none", 1.5, 0, 9) == 1.5);
}

TEST_CASE("A value of another kind is refused with file, row and key") {
  const auto message = [](const char* text, auto read) {
    return message_of([&] {
      RowReader row("f.json", text, "r");
      read(row);
    });
  };
  const auto integer = [](RowReader& row) { row.integer("k"); };
  const auto number = [](RowReader& row) { row.number("k", 0, 10); };
  const auto text = [](RowReader& row) { row.text("k"); };
  const auto flag = [](RowReader& row) { row.flag_or("k", false); };
  for (const char* value : {"1.5", "\"1\"", "true", "null", "01", "+1", "1e3", "99999999999999999999", "[1]", "0x10"}) {
    CHECK_THAT(message((std::string("{\"k\":") + value + "}").c_str(), integer),
               Contains("f.json: row \"r\": key \"k\""));
  }
  for (const char* value : {"inf", "nan", ".5", "5.", "1e999", "\"5\"", "-", "1,5"}) {
    INFO(value);
    CHECK_FALSE(message((std::string("{\"k\":") + value + "}").c_str(), number).empty());
  }
  for (const char* value : {"1", "x", "{}", "\"a\xff\"", "\"a\\q\"", "\"a\tb\""}) {
    INFO(value);
    CHECK_THAT(message((std::string("{\"k\":") + value + "}").c_str(), text), Contains("\"k\""));
  }
  CHECK_THAT(message("{\"k\":1}", flag), Contains("true or false"));
  CHECK_THAT(message("{}", integer), Contains("missing"));
  CHECK_THAT(message("{\"k\":11}", number), Contains("between 0 and 10"));
  CHECK_THAT(message("{\"k\":[1]}", [](RowReader& row) { row.object("k"); }), Contains("braces"));
  CHECK_THAT(message("{\"k\":[1]}", [](RowReader& row) { row.objects("k"); }), Contains("braces"));
  CHECK_THAT(message("{\"k\":1}", [](RowReader& row) { row.objects("k"); }), Contains("brackets"));
}

TEST_CASE("A key nobody asked for is an error") {
  RowReader row("f.json", R"({"id":"x","memroy_gib":1})", "x");
  row.text("id");
  CHECK_THAT(message_of([&] { row.finish(); }), Contains("f.json: row \"x\": key \"memroy_gib\" is unknown"));
}

}  // namespace
