#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support/program.hpp"

namespace {

namespace fs = std::filesystem;

const fs::path kRoot = LFMFIT_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

bool blessing() { return std::getenv("LFMFIT_BLESS") != nullptr; }

/// What a case prints, all in one: standard output, then standard error and the exit code where there is something to
/// say.
std::string transcript(const fs::path& args_file) {
  std::vector<std::string> args = test::words(read(args_file));
  for (std::string& arg : args) {
    if (arg == "FIXTURES") arg = (kRoot / "tests/fixtures/data").string();
  }
  const test::Outcome outcome = test::lfmfit(args);
  std::string text = outcome.out;
  if (!outcome.err.empty()) text += "--- standard error\n" + outcome.err;
  if (outcome.code != 0) text += "--- exit code " + std::to_string(outcome.code) + "\n";
  return text;
}

std::vector<fs::path> cases() {
  std::vector<fs::path> result;
  for (const auto& entry : fs::directory_iterator(kRoot / "tests/golden")) {
    if (entry.path().extension() == ".args") result.push_back(entry.path());
  }
  std::sort(result.begin(), result.end());
  return result;
}

/// Where the first example of the README's output lies in its text: [begin, end).
std::pair<std::size_t, std::size_t> readme_example(const std::string& readme) {
  const std::string opening = "```text\n";
  const std::size_t begin = readme.find(opening);
  if (begin == std::string::npos) return {0, 0};
  return {begin + opening.size(), readme.find("```", begin + opening.size())};
}

}  // namespace

TEST_CASE("whole outputs are as approved; LFMFIT_BLESS=1 approves what is printed now") {
  const std::vector<fs::path> all = cases();
  REQUIRE(all.size() >= 10);
  for (const fs::path& args_file : all) {
    const fs::path approved = fs::path(args_file).replace_extension(".txt");
    const std::string printed = transcript(args_file);
    if (blessing()) write(approved, printed);
    INFO(approved.string());
    CHECK(read(approved) == printed);
  }
}

TEST_CASE("the README shows what its first command prints") {
  const std::string expected = transcript(kRoot / "tests/golden/readme.args");
  std::string readme = read(kRoot / "README.md");
  auto [begin, end] = readme_example(readme);
  REQUIRE(begin > 0);
  if (blessing()) {
    readme.replace(begin, end - begin, expected);
    write(kRoot / "README.md", readme);
    end = begin + expected.size();
  }
  CHECK(readme.substr(begin, end - begin) == expected);
  std::string command = read(kRoot / "tests/golden/readme.args");
  command.erase(command.find_last_not_of('\n') + 1);
  CHECK(readme.find("scripts/run " + command) < begin);
}
