#include "render/style.hpp"

#include "catch.hpp"

using namespace lfmfit::render;

TEST_CASE("colour only adds to the words") {
  CHECK(styled("great", Style::kGood, {80, false}) == "great");
  CHECK(styled("great", Style::kGood, {80, true}) == "\x1b[32mgreat\x1b[0m");
  CHECK(styled("plain", Style::kPlain, {80, true}) == "plain");
}

TEST_CASE("what could steer a terminal is not printed") { CHECK(printable("a\x1b[2Jb\nc\x7f") == "a?[2Jb?c?"); }

TEST_CASE("width counts characters, not bytes") { CHECK(width_of("Zürich") == 6); }

TEST_CASE("long lines break between words") {
  CHECK(wrapped("one two three", 7, "  ") == "one two\n  three");
  CHECK(wrapped("one two three", 80, "  ") == "one two three");
  CHECK(wrapped("unbreakable", 4, "") == "unbreakable");
  CHECK(wrapped("", 4, "") == "");
}

TEST_CASE("sums break between terms, never within one") {
  CHECK(wrapped("2 GB = a 1 + b b 1 + c 0", 14, "", " + ") == "2 GB = a 1\n+ b b 1 + c 0");
}

TEST_CASE("a name that is too long loses its middle") {
  CHECK(elided("MacBook Pro 16 M4 Max 128GB", 15) == "MacBook…x 128GB");
  CHECK(elided("short", 15) == "short");
  CHECK(width_of(elided("Grüße aus Zürich", 9)) == 9);
}
