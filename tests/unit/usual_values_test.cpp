#include "cli/usual_values.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

#include "catch.hpp"
#include "cli/run.hpp"
#include "support/program.hpp"

using Catch::Matchers::Contains;

namespace {

using Json = nlohmann::ordered_json;

using Variables = std::map<std::string, std::string>;

test::ProgramRun run_with(const Variables& variables, const std::string& line, bool is_terminal = true) {
  std::istringstream in(R"({"model": "LiquidAI/LFM2-1.2B"})");
  std::ostringstream out, err;
  lfmfit::cli::Environment environment;
  environment.variables = variables;
  environment.is_terminal = is_terminal;
  const int code = lfmfit::cli::run(test::words(line), in, out, err, environment);
  return {code, out.str(), err.str()};
}

const Variables kSet = {{"LFMFIT_MODEL", "qwen3-8b"},
                        {"LFMFIT_QUANT", "Q8_0"},
                        {"LFMFIT_CONTEXT", "8k"},
                        {"LFMFIT_ON", "rtx-3060;rtx-4060-laptop, ram=32GiB"}};

TEST_CASE("Variables say what is not typed, and what is typed counts more") {
  const Json usual = Json::parse(run_with(kSet, "--json --on rtx-4090").out);
  CHECK(usual["model"]["id"] == "Qwen/Qwen3-8B");
  CHECK(usual["request"]["quantization"] == "Q8_0");
  CHECK(usual["request"]["context"] == 8192);
  const Json typed = Json::parse(run_with(kSet, "lfm2-1.2b -q Q6_K -c 4096 --json --on rtx-4090").out);
  CHECK(typed["model"]["id"] == "LiquidAI/LFM2-1.2B");
  CHECK(typed["request"]["quantization"] == "Q6_K");
  CHECK(typed["request"]["context"] == 4096);
}

TEST_CASE("A variable names the devices where one must be named, several with semicolons between") {
  const test::ProgramRun outcome = run_with(kSet, "check");
  CHECK_THAT(outcome.out, Contains("RTX 3060") && Contains("RTX 4060 Laptop"));
  CHECK(run_with({}, "check").code == 2);
  CHECK_THAT(run_with(kSet, "").out, Contains("Runs on"));  // the report is about all devices unless some are typed
}

TEST_CASE("An error that a variable causes names it") {
  CHECK_THAT(run_with({{"LFMFIT_QUANT", "Q4_KM"}}, "").err, Contains("LFMFIT_QUANT") && Contains("Q4_K_M"));
  CHECK_THAT(run_with({{"LFMFIT_WIDTH", "7"}}, "").err, Contains("LFMFIT_WIDTH"));
  CHECK_THAT(run_with({{"LFMFIT_QUANT", "Q4_KM"}}, "-q Q5_KM").err, !Contains("LFMFIT_QUANT"));
}

TEST_CASE("Batches answer alike everywhere") { CHECK(run_with(kSet, "batch").out == run_with({}, "batch").out); }

TEST_CASE("Into a pipe no name is cut, unless a width is asked for") {
  const char* line = "--verbose --segment workstation --top 40";
  CHECK_THAT(run_with({}, line).out, Contains("\u2026"));
  CHECK_THAT(run_with({}, line, false).out, !Contains("\u2026") && Contains("RTX PRO 6000 Blackwell Workstation"));
  CHECK_THAT(run_with({}, std::string(line) + " --width 80", false).out, Contains("\u2026"));
}

TEST_CASE("Ids are whole on a terminal too") {
  const Json models = Json::parse(run_with({}, "list models --json").out);
  const std::string table = run_with({}, "list models --width 60").out;
  for (const Json& model : models) CHECK_THAT(table, Contains(model["id"].get<std::string>()));
}

}  // namespace
