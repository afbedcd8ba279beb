#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "catch.hpp"
#include "cli/run.hpp"
#include "support/program.hpp"
#include "support/source_folder.hpp"
#include "support/temporary_folder.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using test::ProgramRun;

namespace {

using Json = nlohmann::ordered_json;

const std::string kFolder = test::source_folder() + "/tests/fixtures/contracts/";

ProgramRun check(const std::string& file, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"check", "--contract", file});
  return test::lfmfit(more);
}

std::string text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A contract of these checks.
std::string contract_of(const std::string& checks, const std::string& more = "") {
  return R"({"schema": "lfmfit.contract/1", )" + more + R"("checks": [)" + checks + "]}";
}

const std::string kCheck = R"({"id": "a", "model": "LFM2-1.2B", "on": "rtx-4090", "require": {"fits": true}})";

/// The only case that `text` comes to.
Json case_of(const std::string& text) {
  const test::TemporaryFolder folder;
  const ProgramRun outcome = check(folder.write("c.json", text), {"--json"});
  INFO(outcome.err);
  const Json cases = Json::parse(outcome.out)["contracts"][0]["cases"];
  REQUIRE(cases.size() == 1);
  return cases[0];
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("a contract that holds exits with 0 and says by how much it holds") {
  const ProgramRun outcome = check(kFolder + "kiosk.json");
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  CHECK_THAT(outcome.out, Contains("pass   rag") && Contains("fits: needs") && Contains("headroom: leaves") &&
                              Contains("(low edge), asked 15") && Contains("2 cases: 2 pass"));
}

TEST_CASE("memory that is to be left free is not usable: of a card, of a pool and of a CPU's memory") {
  for (const char* device : {"rtx-4090", "jetson-orin-nano-8gb", "raspberry-pi-5-8gb"}) {
    const auto usable = [&](const std::string& reserve) {
      const std::string target = R"("targets": {"t": {"device": ")" + std::string(device) + "\"" + reserve + "}}, ";
      return case_of(contract_of(R"({"id": "a", "model": "LFM2-350M", "on": "t", "require": {"fits": true}})",
                                 target))["figures"]["usable_bytes"]
          .get<std::int64_t>();
    };
    CAPTURE(device);
    const std::int64_t all = usable("");
    CHECK(usable(R"(, "reserve": "1 GiB")") == all - (std::int64_t{1} << 30));
    CHECK(std::abs(usable(R"(, "reserve": "10 %")") - (all - all / 10)) <= 1);
  }
}

TEST_CASE("each state has its word, and what cannot be answered exits with 2") {
  const ProgramRun outcome = check(kFolder + "states.json", {"--json"});
  CHECK(outcome.code == 2);
  std::vector<std::string> states;
  const Json answer = Json::parse(outcome.out);
  for (const Json& each : answer["contracts"][0]["cases"]) states.push_back(each["state"]);
  CHECK(states == std::vector<std::string>{"pass", "fail", "warn", "off", "error"});
  CHECK(answer["summary"]["cases"] == 5);
  CHECK(answer["summary"]["fail"] == 1);
}

TEST_CASE("a case that does not hold exits with 1, a warning with 0, and --no-fail with 0") {
  CHECK(check(kFolder + "states.json", {"--case", "too-big"}).code == 1);
  CHECK(check(kFolder + "states.json", {"--case", "too-big", "--no-fail"}).code == 0);
  CHECK(check(kFolder + "states.json", {"--case", "s?ow"}).code == 0);
  CHECK(check(kFolder + "states.json", {"--case", "unknown", "--no-fail"}).code == 2);
  CHECK(check(kFolder + "states.json", {"--case", "nothing*"}).code == 2);
}

TEST_CASE("all faults of a contract are told at once, each with its line, its check and its key") {
  const ProgramRun outcome = check(kFolder + "broken.json");
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  const std::vector<std::string> lines = lines_of(outcome.err);
  for (const std::string& line : lines) CHECK_THAT(line, StartsWith("lfmfit: " + kFolder + "broken.json:"));
  CHECK_THAT(outcome.err, Contains(R"(broken.json:3: no check is on the target "nobody")"));
  CHECK_THAT(outcome.err,
             Contains(R"(broken.json:5: check "typo": no key is called "requires"; did you mean require?)"));
  CHECK_THAT(
      outcome.err,
      Contains(R"(broken.json:6: check "units", require.headroom: "1 G" is no size; write 1 GB, 1 GiB or 10 %)"));
  CHECK_THAT(outcome.err, Contains(R"(broken.json:7: the id "typo" is used twice, first in line 5)"));
  CHECK_THAT(outcome.err, Contains(R"(check "typo", require.min_decode: -5 is no number above 0)"));
  CHECK_THAT(outcome.err, Contains(R"(no model is called "LFM2-1.3B"; did you mean)"));
  CHECK_THAT(outcome.err, Contains(R"(no device is called "rtx-9090")"));
}

TEST_CASE("a contract that is wrong in one place is refused with that line") {
  const auto [fault, what] = GENERATE(table<std::string, std::string>({
      {R"({"id": "a", "model": "LFM2-1.2B", "require": {"fits": true}})", "has no \"on\""},
      {R"({"id": "a b", "model": "LFM2-1.2B", "on": "rtx-4090", "require": {"fits": true}})", "needs an id"},
      {R"({"id": "a", "model": [], "on": "rtx-4090", "require": {"fits": true}})", "the list is empty"},
      {R"({"id": "a", "model": ["x", "x"], "on": "rtx-4090", "require": {"fits": true}})", "twice"},
      {R"({"id": "a", "model": "LFM2-1.2B", "on": "rtx-4090"})", "requires nothing"},
      {R"({"id": "a", "model": "LFM2-1.2B", "on": "rtx-4090", "require": {}})", "is empty"},
      {R"({"id": "a", "model": "LFM2-1.2B", "on": "rtx-4090", "require": {"fits": 1}})", "neither true nor false"},
      {R"({"id": "a", "model": "LFM2-1.2B", "on": "rtx-4090", "require": {"fit": true}})", "did you mean fits?"},
      {R"({"id": "a", "model": "LFM2-1.2B", "on": "rtx-4090", "require": {"min_context": "32k"}})",
       "\"context\": \"fit\""},
      {R"({"id": "a", "model": "LFM2-1.2B", "on": "rtx-4090", "users": 0, "require": {"fits": true}})", "from 1 to"},
      {R"({"id": "a", "model": "LFM2-1.2B", "on": "rtx-4090", "level": "fatal", "require": {"fits": true}})",
       "none of error, warn, off"},
      {R"({"id": "a", "model": "LFM2-1.2B", "on": "rtx-4090", "runtime": "tgi", "require": {"fits": true}})",
       "is no runtime"},
      {R"("LFM2-1.2B")", "must be an object"},
  }));
  const test::TemporaryFolder folder;
  const ProgramRun outcome = check(folder.write("c.json", contract_of("\n\n" + fault)));
  CAPTURE(outcome.err);
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, Contains(what) && Contains("c.json:"));
}

TEST_CASE("hostile contracts give one line and exit 2") {
  const test::TemporaryFolder folder;
  const std::string text = GENERATE(std::string(), std::string("{"), std::string(1 << 20, '['), std::string("\0{}", 3),
                                    std::string("{\"schema\": \"\xff\"}"), std::string("/* open"), std::string("null"));
  const ProgramRun outcome = check(folder.write("c.json", text));
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CHECK(lines_of(outcome.err).size() == 1);
  CHECK(check(folder.path()).code == 2);
  CHECK(check(folder.file("none.json")).code == 2);
}

TEST_CASE("lists multiply, and ids name what varies") {
  const test::TemporaryFolder folder;
  const std::string grid = contract_of(
      R"({"id": "grid", "model": ["LFM2-350M", "LFM2-1.2B"], "on": ["gtx-1650", "rtx-3060"], "quantization": "Q8_0",
          "context": ["4k", 8192], "require": {"fits": true}})");
  const Json answer = Json::parse(check(folder.write("c.json", grid), {"--json"}).out);
  const Json& cases = answer["contracts"][0]["cases"];
  REQUIRE(cases.size() == 8);
  CHECK(cases[0]["id"] == "grid[LFM2-350M,gtx-1650,4k]");
  CHECK(cases[7]["id"] == "grid[LFM2-1.2B,rtx-3060,8192]");
  CHECK(cases[7]["figures"]["context"] == 8192);
}

TEST_CASE("a check replaces defaults key by key") {
  const std::string defaults =
      R"("defaults": {"quantization": "Q8_0", "context": "16k", "require": {"fits": true, "min_decode": 1}}, )";
  const Json each = case_of(contract_of(
      R"({"id": "a", "model": "LFM2-1.2B", "on": "rtx-4090", "context": "8k", "require": {"min_decode": 100000}})",
      defaults));
  CHECK(each["figures"]["quantization"] == "Q8_0");
  CHECK(each["figures"]["context"] == 8192);
  CHECK(each["state"] == "fail");
  CHECK(each["findings"].size() == 2);
}

TEST_CASE("the context is that of each user, and users share the machine") {
  const auto needed = [](const std::string& more) {
    return case_of(contract_of(R"({"id": "a", "model": "LFM2-1.2B", "on": "rtx-4090", )" + more +
                               R"( "require": {"fits": true}})"))["figures"];
  };
  const Json one = needed(R"("context": "8k",)"), four = needed(R"("context": "8k", "users": 4,)");
  CHECK(one["context"] == 8192);
  CHECK(four["context"] == 8192);
  CHECK(four["required_bytes"] > one["required_bytes"]);
  CHECK(four["users"] == 4);
}

TEST_CASE("a contract and the command line give the same figures") {
  const Json each = case_of(contract_of(
      R"({"id": "a", "model": "LFM2-2.6B", "on": "2x rtx-3060", "context": "8k", "users": 2, "depth": "half", "require": {"fits": true}})"));
  const Json line = Json::parse(test::lfmfit({"check", "LFM2-2.6B", "--on", "2x rtx-3060", "--users", "2",
                                              "--context-each", "8k", "--depth", "4096", "-ngl", "all", "--json"})
                                    .out);
  CHECK(each["figures"]["required_bytes"] == line["fit"]["required_bytes"]);
  CHECK(each["figures"]["decode_tok_s"] == line["speed"]["decode_tok_s"]);
  CHECK(each["figures"]["file_bytes"] == line["model"]["file_bytes"]);
}

TEST_CASE("layers lie in host memory only where the contract allows it") {
  const std::string big = R"({"id": "a", "model": "LFM2-24B-A2B", "on": "rtx-3060, ram=64GiB", "context": "32k", )";
  CHECK(case_of(contract_of(big + R"("require": {"fits": false}})"))["state"] == "pass");
  const Json partial = case_of(contract_of(big + R"("placement": "partial", "require": {"fits": true}})"));
  CHECK(partial["state"] == "pass");
  CHECK(partial["figures"]["verdict"] == "partial");
}

TEST_CASE("vLLM is asked in its own words, on all GPUs of the machine, and must hold all users at once") {
  const auto state = [](const std::string& users, const std::string& fits = "true") {
    return case_of(
        contract_of(R"({"id": "a", "model": "llama-3.1-8b", "on": "h100-sxm", "runtime": "vllm", "quantization": "BF16",
        "context": "8k", "users": )" +
                    users + R"(, "require": {"fits": )" + fits + "}}"));
  };
  const Json few = state("8");
  CHECK(few["state"] == "pass");
  CHECK(few["figures"]["context"] == 8192);
  CHECK(few["figures"]["users"] == 8);
  CHECK(state("1000")["state"] == "fail");
  CHECK(state("8", "false")["state"] == "fail");
  CHECK(state("1000", "false")["state"] == "pass");
  // of the users that a cache holds by its probable size and not by its least, neither is sure
  int unsure = 0;
  for (int users = 50; users < 64; ++users) {
    const Json wanted = state(std::to_string(users))["findings"][0],
               unwanted = state(std::to_string(users), "false")["findings"][0];
    CHECK((wanted["outcome"] == "unsure") == (unwanted["outcome"] == "unsure"));
    CHECK((wanted["outcome"] == "holds") == (unwanted["outcome"] == "fails"));
    unsure += wanted["outcome"] == "unsure";
  }
  CHECK(unsure > 0);
}

TEST_CASE("the longest context that fits is a limit of its own") {
  const Json each = case_of(contract_of(
      R"({"id": "a", "model": "LFM2-1.2B", "on": "gtx-1650", "context": "fit", "require": {"min_context": "64k"}})"));
  CHECK(each["state"] == "pass");
  CHECK(each["findings"][0]["limit"] == 65536);
  CHECK(
      case_of(contract_of(
          R"({"id": "a", "model": "llama-3.3-70b", "on": "gtx-1650", "context": "fit", "require": {"min_context": 1}})"))
          ["state"] == "fail");
}

TEST_CASE("cases answered together are answered as each alone") {
  const test::TemporaryFolder folder;
  std::string checks;
  int number = 0;
  for (const char* device : {"rtx-3060", "rtx-4090", "vram=8GiB,bandwidth=300", "2x rtx-3090"}) {
    for (const char* reserve : {"0", "1 GiB", "20 %"}) {
      checks += std::string(checks.empty() ? "" : ",") + R"({"id": "a)" + std::to_string(number) +
                R"(", "model": "LFM2-8B-A1B", "on": "t)" + std::to_string(number) +
                R"(", "require": {"fits": true, "min_decode": 1}})";
      (void)device;
      (void)reserve;
      ++number;
    }
  }
  std::string targets;
  number = 0;
  for (const char* device : {"rtx-3060", "rtx-4090", "vram=8GiB,bandwidth=300", "2x rtx-3090"}) {
    for (const char* reserve : {"0 B", "1 GiB", "20 %"}) {
      targets += std::string(targets.empty() ? "" : ",") + "\"t" + std::to_string(number++) + R"(": {"device": ")" +
                 device + R"(", "reserve": ")" + reserve + "\"}";
    }
  }
  const std::string path = folder.write("c.json", contract_of(checks, R"("targets": {)" + targets + "}, "));
  const Json together = Json::parse(check(path, {"--json"}).out)["contracts"][0]["cases"];
  REQUIRE(together.size() == 12);
  for (const Json& each : together) {
    CAPTURE(each);
    CHECK(Json::parse(check(path, {"--json", "--case", each["id"]}).out)["contracts"][0]["cases"][0] == each);
  }
}

TEST_CASE("several contracts are checked in one call") {
  const ProgramRun outcome =
      test::lfmfit({"check", "--contract", kFolder + "kiosk.json", kFolder + "kiosk.json", "--json"});
  CHECK(Json::parse(outcome.out)["contracts"].size() == 2);
  CHECK(test::lfmfit({"check", "--contract=" + kFolder + "kiosk.json"}).code == 0);
}

TEST_CASE("reports are written where they are asked for, and only one to standard output") {
  const test::TemporaryFolder folder;
  const ProgramRun outcome =
      check(kFolder + "kiosk.json", {"--report", "junit=" + folder.file("j.xml"), "--report", "sarif=-"});
  CHECK(outcome.code == 0);
  CHECK(Json::parse(outcome.out)["version"] == "2.1.0");
  CHECK_THAT(text_of_file(folder.file("j.xml")), StartsWith("<?xml"));
  CHECK(check(kFolder + "kiosk.json", {"--json", "--report", "tap=-"}).code == 2);
  CHECK(check(kFolder + "kiosk.json", {"--report", "pdf=x"}).code == 2);
  CHECK(check(kFolder + "kiosk.json", {"--report", "junit"}).code == 2);
}

TEST_CASE("in a job of GitHub's annotations and the summary are written by themselves") {
  const test::TemporaryFolder folder;
  const std::string summary = folder.write("summary.md", "before\n");
  std::istringstream in;
  std::ostringstream out, err;
  const int code = lfmfit::cli::run(
      {"check", "--contract", kFolder + "states.json"}, in, out, err,
      {std::nullopt, 80, false, {{"GITHUB_ACTIONS", "true"}, {"GITHUB_STEP_SUMMARY", summary}}, std::nullopt});
  CHECK(code == 2);
  CHECK_THAT(out.str(), Contains("::error file=") && Contains(",line=7,title=too-big::fits: needs") &&
                            Contains("::warning file=") && Contains("100 %25 of it"));
  CHECK_THAT(text_of_file(summary),
             StartsWith("before\n### lfmfit: 5 cases") && Contains("| fail | too-big | fits: needs"));
  CHECK_THAT(check(kFolder + "states.json").out, !Contains("::error"));
}

TEST_CASE("GitHub gets no more annotations of a kind than it shows") {
  const test::TemporaryFolder folder;
  std::string checks;
  for (int i = 0; i < 40; ++i)
    checks += std::string(i == 0 ? "" : ",\n") + R"({"id": "c)" + std::to_string(i) +
              R"(", "model": "llama-3.3-70b", "on": "gtx-1650", "require": {"fits": true}})";
  const ProgramRun outcome = check(folder.write("c.json", contract_of(checks)), {"--report", "github=-"});
  CHECK(lines_of(outcome.out).size() == 10);
  CHECK_THAT(outcome.out, Contains("and 31 more"));
}

TEST_CASE("a baseline makes what failed known and what became worse a failure") {
  const test::TemporaryFolder folder;
  const std::string file = kFolder + "states.json", baseline = folder.file("b.json");
  const std::vector<std::string> some = {"--case", "*o*", "--baseline", baseline};
  CHECK(check(file, {"--case", "*o*", "--write-baseline", baseline}).code == 2);
  Json kept = Json::parse(text_of_file(baseline));
  CHECK(kept["cases"].contains("too-big"));
  CHECK(check(file, {"--case", "too-big", "--baseline", baseline}).code == 0);
  CHECK_THAT(check(file, {"--case", "ok", "--baseline", baseline}).out, Contains("pass   ok"));
  kept["cases"]["ok"]["required_bytes"] = kept["cases"]["ok"]["required_bytes"].get<std::int64_t>() - 200'000'000;
  folder.write("b.json", kept.dump());
  const ProgramRun worse = check(file, {"--case", "ok", "--baseline", baseline});
  CHECK(worse.code == 1);
  CHECK_THAT(worse.out, Contains("regression_memory: needs") && Contains("more than"));
  folder.write("b.json", R"({"schema": "lfmfit.baseline/1", "lfmfit": "0", "cases": {"ok": {"state": "fine"}}})");
  CHECK_THAT(check(file, {"--baseline", baseline}).err, Contains("b.json") && Contains("ok") && Contains("state"));
}

TEST_CASE("paths in a contract are relative to it") {
  const test::TemporaryFolder folder;
  folder.write(
      "own/facts/devices.json",
      R"({"devices": [{"id": "our-box", "name": "Our box", "vendor": "us", "class": "gpu", "segment": "edge", "generation": "Ada",
                   "memory_gib": 8, "bandwidth_gb_s": 300, "backend": "cuda", "source": "us", "confidence": "low"}]})");
  const std::string file = folder.write(
      "own/c.json", contract_of(R"({"id": "a", "model": "LFM2-1.2B", "on": "our-box", "require": {"fits": true}})",
                                R"("data": "facts", )"));
  const ProgramRun outcome = check(file);
  INFO(outcome.err);
  CHECK(outcome.code == 0);
}
