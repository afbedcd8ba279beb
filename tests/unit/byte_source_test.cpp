#include "lfmfit/byte_source.hpp"

#include <sys/stat.h>

#include "catch.hpp"
#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "support/temporary_folder.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;

TEST_CASE("A file is read at any position, and never beyond its end") {
  const test::TemporaryFolder folder;
  const auto source = open_file(folder.write("a", "0123456789"));
  CHECK(source->size() == 10);
  char bytes[4] = {};
  source->read(6, bytes, 4);
  CHECK(std::string(bytes, 4) == "6789");
  CHECK_THROWS_AS(source->read(7, bytes, 4), Error);
  CHECK_THROWS_AS(source->read(-1, bytes, 1), Error);
  CHECK_THROWS_AS(source->read(11, bytes, 0), Error);
}

TEST_CASE("What is no regular file is refused and cannot hang") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_WITH(open_file(folder.path()), Contains("is a folder"));
  CHECK_THROWS_WITH(open_file("/dev/null"), Contains("no regular file"));
  CHECK_THROWS_WITH(open_file(folder.path() + "/none"), Contains("No such file"));
  const std::string pipe = folder.file("pipe");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_THROWS_WITH(open_file(pipe), Contains("no regular file"));
  CHECK_THROWS_WITH(open_file(std::string("a\0b", 3)), Contains("null byte"));
}

TEST_CASE("A text file above its limit is not read") {
  const auto source = bytes_in_memory("a.json", "123456");
  CHECK(read_all(*source, 6) == "123456");
  CHECK_THROWS_WITH(read_all(*source, 5), Contains("6 bytes, more than the 5"));
}

TEST_CASE("Text of a file is made fit for one line of a terminal") {
  CHECK(printable("LFM2 \xC3\xBC \xE6\x97\xA5 \xF0\x9F\x98\x80") == "LFM2 \xC3\xBC \xE6\x97\xA5 \xF0\x9F\x98\x80");
  CHECK(printable("a\nb\t\x1b[0m\x7f") == "a?b??[0m?");
  CHECK(printable("\xff\xC3 \xED\xA0\x80\xC0\x80") == std::string("??") + " ?????");
  CHECK(printable("\xE2\x80\xAE \xE2\x81\xA6 \xEF\xBB\xBF \xD8\x9C") == "??? ??? ??? ??");
  CHECK(printable("\xC2\x80 \xC2\x9F \xC2\xA0") == "?? ?? \xC2\xA0");  // controls, and a space that does not break
  CHECK(printable("\xE2\x80\xA6 \xE2\x80\x93") == "\xE2\x80\xA6 \xE2\x80\x93");
  CHECK(printable(std::string(200, 'x')) == std::string(120, 'x') + "...");
}
