#include "support/program.hpp"

#include <sstream>

#include "cli/run.hpp"

namespace test {

ProgramRun lfmfit(const std::vector<std::string>& args, const std::string& input) {
  std::istringstream in(input);
  std::ostringstream out, err;
  const int code = lfmfit::cli::run(args, in, out, err, {std::nullopt, 80, false, {}, std::nullopt});
  return {code, out.str(), err.str()};
}

std::vector<std::string> words(const std::string& line) {
  std::vector<std::string> result;
  std::string word;
  bool quoted = false, begun = false;
  for (const char c : line + " ") {
    if (c == '"') {
      quoted = !quoted;
      begun = true;
    } else if (!quoted && (c == ' ' || c == '\n')) {
      if (begun) result.push_back(word);
      word.clear();
      begun = false;
    } else {
      word += c;
      begun = true;
    }
  }
  return result;
}

}  // namespace test
