#include <map>
#include <regex>
#include <sstream>

#include "catch.hpp"
#include "cli/run.hpp"
#include "support/program.hpp"

namespace {

/// The names of options that a line of help declares: "-q,--quant,--quantization TEXT"; of any other line none.
std::vector<std::string> declared_in(const std::string& line) {
  static const std::regex kDeclares("^  (-[^ ]+)");
  std::smatch found;
  std::vector<std::string> names;
  if (!std::regex_search(line, found, kDeclares)) return names;
  std::istringstream list(found[1].str());
  for (std::string name; std::getline(list, name, ',');) names.push_back(name);
  return names;
}

// The parser does not look, since that takes a part of each run.
TEST_CASE("No two options of a command have one name") {
  std::vector<std::vector<std::string>> commands{{}};
  for (const std::string& command : lfmfit::cli::command_names()) commands.push_back({command});
  for (std::vector<std::string>& command : commands) {
    CAPTURE(command);
    command.push_back("--help");
    std::istringstream help(test::lfmfit(command).out);
    std::map<std::string, int> count;
    for (std::string line; std::getline(help, line);) {
      for (const std::string& name : declared_in(line)) ++count[name];
    }
    CHECK(count["--help"] == 1);
    for (const auto& [name, times] : count) {
      CAPTURE(name);
      CHECK(times == 1);
    }
  }
}

TEST_CASE("Who names a file to a command that reads standard input is told how") {
  for (const char* command : {"batch", "calibrate"}) {
    CAPTURE(command);
    const std::string how = std::string("standard input: lfmfit ") + command + " < runs.json";
    CHECK(test::lfmfit({command, "runs.json"}).err.find(how) != std::string::npos);
    CHECK(test::lfmfit({command, "--runs.json"}).err.find("standard input") == std::string::npos);
  }
  CHECK(test::lfmfit({"detect", "runs.json"}).err.find("standard input") == std::string::npos);
}

}  // namespace
