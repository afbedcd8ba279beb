#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "catch.hpp"
#include "support/source_folder.hpp"

namespace {

using Rooms = std::set<std::string>;

const Rooms kCore = {"core/base", "core/model", "core/llamacpp", "core/vllm", "core/mlx", "core/speed", "core/answer"};

Rooms core_and(Rooms others) {
  others.insert(kCore.begin(), kCore.end());
  return others;
}

/// The rooms whose headers each room may include besides its own and the public ones: the table of CONTRIBUTING.md.
const std::map<std::string, Rooms> kMayInclude = {
    {"core/base", {}},
    {"core/model", {"core/base"}},
    {"core/llamacpp", {"core/base", "core/model"}},
    {"core/vllm", {"core/base", "core/model"}},
    {"core/mlx", {"core/base", "core/model"}},
    {"core/speed", {"core/base", "core/model", "core/llamacpp"}},
    {"core/answer", {"core/base", "core/model", "core/llamacpp", "core/vllm", "core/mlx", "core/speed"}},
    {"page", kCore},
    {"json", {}},
    {"catalog", core_and({"json"})},
    {"pack", core_and({"catalog"})},
    {"readers", core_and({"json"})},
    {"system", kCore},
    {"render", core_and({"page"})},
    {"ask", core_and({"catalog", "readers", "system"})},
    {"cli", core_and({"ask", "catalog", "json", "page", "readers", "render", "system"})},
    {"app", core_and({"ask", "cli", "render", "system"})},
};

/// What a law must not know: files, streams, JSON, clocks.
const std::regex kNotInCore(
    "nlohmann/|CLI/|<(fstream|iostream|istream|ostream|filesystem|chrono|unistd\\.h|cstdio|random|thread)>");

/// The room that "core/model/blocks/block.hpp" or "render/csv.hpp" lies in; empty: in none.
std::string room_of(const std::string& path) {
  const std::size_t first = path.find('/');
  if (first == std::string::npos) return "";
  if (path.substr(0, first) != "core") return path.substr(0, first);
  return path.substr(0, path.find('/', first + 1));
}

template <class Check>
void for_each_include(const std::filesystem::path& folder, const Check& check) {
  const std::regex include("^#include ([\"<][^\">]+[\">]).*");
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".cpp" && extension != ".hpp") continue;
    ++files;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      std::smatch match;
      INFO(entry.path().string() << ": " << line);
      if (std::regex_match(line, match, include)) check(match[1].str());
    }
  }
  REQUIRE(files > 0);
}

}  // namespace

TEST_CASE("a room includes only those below it") {
  const std::filesystem::path source = std::filesystem::path(test::source_folder()) / "src";
  for (const auto& [room, allowed] : kMayInclude) {
    for_each_include(source / room, [&, &own = room, &below = allowed](const std::string& header) {
      const std::string from = header.front() == '"' ? room_of(header.substr(1)) : "";
      CHECK((from.empty() || from == own || from == "lfmfit" || below.count(from) == 1));
    });
  }
}

TEST_CASE("every source file lies in a room") {
  const std::filesystem::path source = std::filesystem::path(test::source_folder()) / "src";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source)) {
    const std::string path = std::filesystem::relative(entry.path(), source).generic_string();
    if (entry.path().extension() != ".cpp" || path == "main.cpp") continue;
    CAPTURE(path);
    CHECK(kMayInclude.count(room_of(path)) == 1);
  }
}

TEST_CASE("core knows no files, streams, JSON or clocks, and public headers only each other") {
  const std::filesystem::path root = test::source_folder();
  for (const char* folder : {"src/core", "include"}) {
    for_each_include(root / folder, [](const std::string& header) { CHECK(!std::regex_search(header, kNotInCore)); });
  }
  for_each_include(root / "include", [](const std::string& header) {
    CHECK((header.front() == '<' || header.rfind("\"lfmfit/", 0) == 0));
  });
}
