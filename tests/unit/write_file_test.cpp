#include "system/write_file.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/temporary_folder.hpp"

using namespace lfmfit;
namespace fs = std::filesystem;

namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::ptrdiff_t files_in(const std::string& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

}  // namespace

TEST_CASE("A file is replaced whole, keeps its mode and leaves nothing beside it") {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("page.html", "old");
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write | fs::perms::others_read);
  write_file(path, "new");
  CHECK(text_of(path) == "new");
  CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write | fs::perms::others_read));
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("A link stays a link, and what it leads to is written") {
  const test::TemporaryFolder folder;
  const std::string target = folder.write("real.html", "old");
  const std::string link = folder.file("link.html");
  fs::create_symlink(target, link);
  write_file(link, "new");
  CHECK(fs::is_symlink(link));
  CHECK(text_of(target) == "new");
}

TEST_CASE("A link that waits under the name of an unfinished file is not followed") {
  const test::TemporaryFolder folder;
  const std::string victim = folder.write("victim", "precious");
  fs::create_symlink(victim, folder.file("page.html.unfinished"));
  write_file(folder.file("page.html"), "new");
  CHECK(text_of(victim) == "precious");
}

TEST_CASE("Runs at once leave one whole file") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("page.html");
  std::vector<std::thread> writers;
  for (char c = 'a'; c < 'i'; ++c)
    writers.emplace_back([&path, c] {
      for (int i = 0; i < 20; ++i) write_file(path, std::string(100'000, c));
    });
  for (std::thread& writer : writers) writer.join();
  const std::string text = text_of(path);
  CHECK(text == std::string(100'000, text.empty() ? ' ' : text.front()));
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("A file that cannot be written is named, and no part of it stays") {
  const test::TemporaryFolder folder;
  const std::string file = folder.file("a file");
  write_file(file, "x");
  CHECK_THROWS_WITH(write_file(file + "/below", "x"), Catch::Matchers::StartsWith("cannot write " + file + "/below;"));
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("A folder cannot be written as a file") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_AS(write_file(folder.path(), "x"), Error);
}
