#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "catch.hpp"

namespace {

/// The folders whose headers each folder may include besides its own and the public ones: the table of CONTRIBUTING.md.
const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"core", {}},         {"catalog", {"core"}}, {"readers", {"core"}},
    {"system", {"core"}}, {"render", {"core"}},  {"cli", {"core", "catalog", "readers", "system", "render"}},
};

/// What a law must not know: files, streams, JSON, clocks.
const std::regex kNotInCore(
    "nlohmann/|CLI/|<(fstream|iostream|istream|ostream|filesystem|chrono|unistd\\.h|cstdio|random|thread)>");

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

TEST_CASE("a folder includes only those below it") {
  const std::filesystem::path source = std::filesystem::path(LFMFIT_SOURCE_DIR) / "src";
  for (const auto& [folder, allowed] : kMayInclude) {
    for_each_include(source / folder, [&, &own = folder, &below = allowed](const std::string& header) {
      const std::size_t slash = header.find('/');
      if (header.front() != '"' || slash == std::string::npos) return;
      const std::string from = header.substr(1, slash - 1);
      CHECK((from == own || from == "lfmfit" || below.count(from) == 1));
    });
  }
}

TEST_CASE("core knows no files, streams, JSON or clocks, and public headers only each other") {
  const std::filesystem::path root = LFMFIT_SOURCE_DIR;
  for (const char* folder : {"src/core", "include"}) {
    for_each_include(root / folder, [](const std::string& header) { CHECK(!std::regex_search(header, kNotInCore)); });
  }
  for_each_include(root / "include", [](const std::string& header) {
    CHECK((header.front() == '<' || header.rfind("\"lfmfit/", 0) == 0));
  });
}
