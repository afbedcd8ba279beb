#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "cli/completion_scripts.hpp"
#include "cli/run.hpp"
#include "support/program.hpp"

using namespace lfmfit;

namespace {

std::vector<std::string> completed(std::vector<std::string> typed) {
  typed.insert(typed.begin(), {"completion", "--words"});
  const test::ProgramRun outcome = test::lfmfit(typed);
  CHECK(outcome.code == 0);
  std::vector<std::string> words;
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) words.push_back(line);
  return words;
}

}  // namespace

TEST_CASE("a shell is told the commands, and what may follow each") {
  std::vector<std::string> commands = cli::command_names();
  std::sort(commands.begin(), commands.end());
  CHECK(completed({""}) == commands);
  CHECK(completed({"che"}) == std::vector<std::string>{"check"});
  CHECK(completed({"list", "m"}) == std::vector<std::string>{"models"});
  CHECK(completed({"completion", "z"}) == std::vector<std::string>{"zsh"});
  CHECK(completed({"inspect", "lfm"}).empty());  // files, which the shell knows better
}

TEST_CASE("models, devices and quantizations complete") {
  using Words = std::vector<std::string>;
  CHECK(completed({"lfm2-350m-e"}) == Words{"lfm2-350m-enjp-mt", "lfm2-350m-extract"});
  CHECK(completed({"check", "LiquidAI/LFM2-350M-EN"}) == Words{"LiquidAI/LFM2-350M-ENJP-MT"});
  CHECK(completed({"check", "lfm2-1.2b", "--on", "rtx-4090-"}) ==
        Words{"rtx-4090-48gb", "rtx-4090-d", "rtx-4090-laptop"});
  CHECK(completed({"lfm2-1.2b", "-q", "Q4_K"}) == Words{"Q4_K_M", "Q4_K_S"});
  CHECK(completed({"lfm2-1.2b", "--backend", "vu"}) == Words{"vulkan"});
  CHECK(completed({"lfm2-1.2b", "--data", "/"}).empty());
}

TEST_CASE("a value behind an equals sign completes as bash splits it, and as other shells leave it") {
  using Words = std::vector<std::string>;
  CHECK(completed({"check", "--on", "=", "rtx-3060-1"}) == Words{"rtx-3060-12gb"});
  CHECK(completed({"check", "--on=rtx-3060-1"}) == Words{"--on=rtx-3060-12gb"});
  CHECK(completed({"check", "-q", "="}) == completed({"check", "-q", ""}));
  CHECK(!completed({"check", "-q", "="}).empty());
}

TEST_CASE("where an option wants a value that nobody can guess, no model is offered in its place") {
  CHECK(completed({"page", "-o", ""}).empty());
  CHECK(completed({"check", "--cache-type-k", "q"}).empty());
  CHECK(completed({"page", "-o", "here", "lfm2-350m-en"}) == std::vector<std::string>{"lfm2-350m-enjp-mt"});
  CHECK(completed({"check", "--json", "lfm2-350m-en"}) == std::vector<std::string>{"lfm2-350m-enjp-mt"});
}

TEST_CASE("every option of a command completes, as its help names it") {
  for (const std::string& command : cli::command_names()) {
    INFO(command);
    const std::string help = test::lfmfit({command, "--help"}).out;
    const std::vector<std::string> options = completed({command, "--"});
    CHECK(std::find(options.begin(), options.end(), "--help") != options.end());
    for (const std::string& option : options) CHECK(help.find(option) != std::string::npos);
  }
  CHECK(completed({"check", "lfm2-1.2b", "--gpu-l"}) == std::vector<std::string>{"--gpu-layers"});
  CHECK(completed({"--quanti"}) == std::vector<std::string>{"--quantization", "--quantized-kv-start"});
}

TEST_CASE("each shell has its script") {
  for (const std::string& shell : cli::completion_shells()) {
    const test::ProgramRun outcome = test::lfmfit({"completion", shell});
    CHECK(outcome.code == 0);
    CHECK(outcome.out == cli::completion_script(shell));
    CHECK_THAT(outcome.out, Catch::Matchers::Contains("lfmfit completion --words"));
  }
  CHECK(test::lfmfit({"completion", "ksh"}).code == 2);
  CHECK(test::lfmfit({"completion"}).code == 2);
}
