#include "cli/command_answer.hpp"

#include "catch.hpp"
#include "support/program.hpp"

using lfmfit::render::Json;

namespace {

Json batch(const std::string& line) { return Json::parse(test::lfmfit({"batch"}, line + "\n").out); }

/// What `lfmfit check --json` prints, but for what a line of a batch leaves out.
Json check(std::vector<std::string> args) {
  args.insert(args.begin(), "check");
  args.push_back("--json");
  Json answer = Json::parse(test::lfmfit(args).out);
  answer.erase("changes");
  answer.erase("catalog");
  return answer;
}

}  // namespace

TEST_CASE("a line of a batch answers for another program's command line as check does") {
  const std::string command = "llama-server -hf Qwen/Qwen3-8B-GGUF:Q8_0 -c 16384 -np 4 --port 8080";
  CHECK(batch(R"({"device": "rtx-3060-12gb", "command_line": ")" + command + "\"}") ==
        check({"--on", "rtx-3060-12gb", "--command-line", command}));
}

TEST_CASE("what a line of a batch says beside a command line holds where the command says nothing") {
  const Json answer = batch(
      R"({"model": "qwen3-8b", "command_line": "llama-server -m x.gguf -c 8192", "context": 4096, "kv_type_k": "q8_0"})");
  INFO(answer.dump());
  CHECK(answer.at("request").at("context") == 8192);
  CHECK(answer.at("request").at("kv_type_k") == "q8_0");
  CHECK(answer.at("command_line").at("program") == "llama-server");
}

TEST_CASE("a line of a batch may want the commands that start what it asks") {
  CHECK(batch(R"({"model": "qwen3-8b", "device": "rtx-3060-12gb", "context": "16k", "commands": true})") ==
        check({"qwen3-8b", "--on", "rtx-3060-12gb", "-c", "16k", "--command"}));
  CHECK_FALSE(batch(R"({"model": "qwen3-8b", "commands": false})").contains("commands"));
}

TEST_CASE("command lines that say nothing and commands that are no yes or no are errors of their line") {
  const std::string line = GENERATE(as<std::string>{}, R"({"command_line": 1})", R"({"command_line": ""})",
                                    R"({"command_line": "rm -rf /"})", R"({"command_line": "llama-server -c 4096"})",
                                    R"({"model": "qwen3-8b", "commands": 1})", R"({"commands": true})");
  INFO(line);
  CHECK(batch(line).at("error").at("kind") == "bad_request");
}
