#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "catch.hpp"
#include "support/source_folder.hpp"

namespace {

namespace fs = std::filesystem;

const fs::path kRoot = test::source_folder();
const fs::path kHeaders = kRoot / "include" / "lfmfit";

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The lines of code in the comment that opens `text`: from the first to the last that is set in.
std::string example_in(const std::string& text) {
  const std::string set_in = "//     ";
  std::istringstream lines(text);
  std::string example, empty;
  for (std::string line; std::getline(lines, line);) {
    if (line.compare(0, set_in.size(), set_in) == 0) {
      example += empty + line.substr(set_in.size()) + "\n";
      empty.clear();
    } else if (line == "//" && !example.empty()) {
      empty += "\n";
    }
  }
  return example;
}

}  // namespace

TEST_CASE("lfmfit.hpp includes every public header") {
  const std::string umbrella = text_of(kHeaders / "lfmfit.hpp");
  for (const auto& entry : fs::directory_iterator(kHeaders)) {
    const std::string name = entry.path().filename().string();
    CAPTURE(name);
    if (name != "lfmfit.hpp") CHECK(umbrella.find("#include \"lfmfit/" + name + "\"\n") != std::string::npos);
  }
}

TEST_CASE("The first program that lfmfit.hpp shows is the one that is built and run") {
  CHECK(example_in(text_of(kHeaders / "lfmfit.hpp")) == text_of(kRoot / "tests" / "consumer" / "main.cpp"));
}

TEST_CASE("Every public header opens with what it is for") {
  for (const auto& entry : fs::directory_iterator(kHeaders)) {
    CAPTURE(entry.path());
    CHECK(text_of(entry.path()).compare(0, 3, "// ") == 0);
  }
}
