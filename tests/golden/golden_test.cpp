#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog_stamp.hpp"
#include "catch.hpp"
#include "support/program.hpp"
#include "support/source_folder.hpp"
#include "support/temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;

const fs::path kRoot = test::source_folder();

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

bool blessing() { return std::getenv("LFMFIT_BLESS") != nullptr; }

/// `text` without the state of the catalogue, which is another with every row of data/.
std::string without_stamp(std::string text) {
  const lfmfit::CatalogStamp& stamp = lfmfit::catalog_stamp();
  for (const auto& [part, word] : {std::pair(stamp.hash, "HASH"), std::pair(stamp.date, "DATE")}) {
    const std::string said = "\"" + std::string(part) + "\"";
    for (std::size_t at = text.find(said); at != std::string::npos; at = text.find(said))
      text.replace(at, said.size(), "\"" + std::string(word) + "\"");
  }
  return text;
}

/// What a case prints, all in one: standard output, then standard error and the exit code where there is something to
/// say. `more` arguments come behind those of the file.
std::string transcript(const fs::path& args_file, const std::vector<std::string>& more = {}) {
  std::vector<std::string> args = test::words(read(args_file));
  args.insert(args.end(), more.begin(), more.end());
  for (std::string& arg : args) {
    if (arg == "FIXTURES") arg = (kRoot / "tests/fixtures/data").string();
  }
  const test::ProgramRun outcome = test::lfmfit(args);
  std::string text = outcome.out;
  if (!outcome.err.empty()) text += "--- standard error\n" + outcome.err;
  if (outcome.code != 0) text += "--- exit code " + std::to_string(outcome.code) + "\n";
  return without_stamp(std::move(text));
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

/// The arguments of the last scripts/run in `text`; a backslash at the end of a line goes on in the next.
std::vector<std::string> readme_command(const std::string& text) {
  const std::string program = "scripts/run ";
  const std::size_t start = text.rfind(program);
  if (start == std::string::npos) return {};
  std::string command = text.substr(start + program.size());
  for (std::size_t fold = command.find("\\\n"); fold != std::string::npos; fold = command.find("\\\n"))
    command.replace(fold, 2, " ");
  return test::words(command.substr(0, command.find('\n')));
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
  CHECK(readme_command(readme.substr(0, begin)) == test::words(read(kRoot / "tests/golden/readme.args")));
}

TEST_CASE("the README's example stays as it is when a device or a model is added") {
  const test::TemporaryFolder facts;
  facts.write(
      "more.json",
      R"({"devices": [{"id": "rtx-3060-16gb", "name": "GeForce RTX 3060 16GB", "vendor": "NVIDIA", "class": "gpu",)"
      R"("segment": "consumer", "generation": "Ampere", "backend": "cuda", "memory_gib": 16, "bandwidth_gb_s": 9000,)"
      R"("source": "made up", "confidence": "low"}],)"
      R"("models": [{"id": "LiquidAI/LFM2-1.2B-RAG-2", "name": "LFM2 1.2B RAG 2", "publisher": "LiquidAI",)"
      R"("family": "LFM2", "shape_of": "LiquidAI/LFM2-1.2B", "source": "made up", "confidence": "low"}]})");
  REQUIRE(test::lfmfit({"check", "lfm2-1.2b-rag-2", "--on", "rtx-3060-16gb", "--data", facts.path()}).code == 0);
  const fs::path args_file = kRoot / "tests/golden/readme.args";
  CHECK(transcript(args_file, {"--data", facts.path()}) == transcript(args_file));
}
