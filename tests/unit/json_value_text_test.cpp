#include <string>

#include "catch.hpp"
#include "render/json.hpp"

using namespace lfmfit;

TEST_CASE("JSON says what could steer a terminal or hide in it by numbers, and means the same") {
  const std::string text = "turned \u202e, control \u0085, joined \u200d, tag \U000E0041, deleted \x7F, plain é 日本 😀";
  const std::string written = render::json_text(text);
  CHECK(written ==
        "\"turned \\u202e, control \\u0085, joined \\u200d, tag \\udb40\\udc41, deleted \\u007f, plain é 日本 😀\"\n");
  CHECK(render::Json::parse(written) == text);
}

TEST_CASE("JSON replaces what is no UTF-8") {
  CHECK(render::json_text("a\xFF"
                          "b") ==
        "\"a\uFFFD"
        "b\"\n");
}
