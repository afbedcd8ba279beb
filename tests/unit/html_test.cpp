#include "render/html.hpp"

#include <stdexcept>

#include "catch.hpp"

using namespace lfmfit::render;

TEST_CASE("text in a page is never markup") {
  CHECK(escaped("<b title=\"a\" id='b'>&") == "&lt;b title=&quot;a&quot; id=&#39;b&#39;&gt;&amp;");
  CHECK(escaped(std::string("a\0b\x1b[1m", 7)) == "a?b?[1m");
  CHECK(escaped("\xff") == "\xef\xbf\xbd");
}

TEST_CASE("data in a page cannot end its element") {
  const std::string text = script_json({{"name", "</script><script>alert(1)</script>"}});
  CHECK(text.find('<') == std::string::npos);
  CHECK(Json::parse(text).at("name") == "</script><script>alert(1)</script>");
}

TEST_CASE("a page is filled with values that are taken as they are, braces included") {
  CHECK(filled("a {{x}} b {{y}}", {{"x", "{{y}}"}, {"y", "2"}}) == "a {{y}} b 2");
  CHECK_THROWS_AS(filled("{{x}}", {}), std::logic_error);
  CHECK_THROWS_AS(filled("a", {{"x", "1"}}), std::logic_error);
}
