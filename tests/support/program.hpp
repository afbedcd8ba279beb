#pragma once

#include <string>
#include <vector>

namespace test {

/// What a run of lfmfit gave back.
struct ProgramRun {
  int code = 0;
  std::string out, err;
};

/// Runs lfmfit in this process: 80 columns, no colour, none of the user's own facts.
ProgramRun lfmfit(const std::vector<std::string>& args, const std::string& input = "");

/// The words of a command line; double quotes keep words together.
std::vector<std::string> words(const std::string& line);

}  // namespace test
