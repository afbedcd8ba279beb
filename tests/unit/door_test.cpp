#include "app/door.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/program.hpp"

using namespace lfmfit;

namespace {

using Json = nlohmann::ordered_json;

}  // namespace

TEST_CASE("the app's door answers what batch answers") {
  app::Door door({});
  const std::string line =
      GENERATE(as<std::string>{}, R"({"id": 7, "model": "lfm2-1.2b", "device": "rtx-4090"})",
               R"({"command_line": "llama-server -hf Qwen/Qwen3-8B-GGUF -c 8192 --port 1", "device": "rtx-4090"})",
               R"({"model": "qwen3-8b", "device": "rtx-4090", "commands": true})", R"({"model": "no such model"})",
               "no JSON", R"({"model": "qwen3-8b", "contxt": 1})");
  CHECK(door.answer(line) == test::lfmfit({"batch"}, line + "\n").out);
}

TEST_CASE("the app's door lists what the command line lists") {
  app::Door door({});
  const std::string kind = GENERATE("models", "devices", "quants");
  CHECK(Json::parse(door.list(kind)) == Json::parse(test::lfmfit({"list", kind, "--json"}).out));
  CHECK(Json::parse(door.list("backends")).size() > 3);
  CHECK(Json::parse(door.list("vllm")).at(0).at("name") == "BF16");
  CHECK(Json::parse(door.list("mlx")).size() > 3);
  CHECK(Json::parse(door.list("secrets")).at("error").at("kind") == "bad_request");
}

TEST_CASE("the app's door plans what the command line plans") {
  app::Door door({});
  const auto [request, line] = GENERATE(table<std::string, std::string>(
      {{R"({"model": "qwen3-14b", "device": "rtx-3060-12gb, ram=64GiB", "context": "32k"})",
        "qwen3-14b --on \"rtx-3060-12gb, ram=64GiB\" -c 32k"},
       {R"({"model": "lfm2-1.2b", "device": "rtx-3060-12gb", "quantization": "F16", "kv_type_k": "q8_0"})",
        "lfm2-1.2b --on rtx-3060-12gb -q F16 -ctk q8_0"}}));
  std::vector<std::string> args = test::words(line);
  args.insert(args.begin(), "plan");
  args.push_back("--json");
  CHECK(door.plan(request) == test::lfmfit(args).out);
  for (const char* wrong : {"", "[]", R"({"model": "qwen3-14b"})", R"({"device": "rtx-3060-12gb"})"})
    CHECK(Json::parse(door.plan(wrong)).at("error").at("kind") == "bad_request");
}

TEST_CASE("the app's door plans what another program's command line asks") {
  app::Door door({});
  const Json plan = Json::parse(door.plan(
      R"({"command_line": "llama-server -m Qwen3-14B-Q4_K_M.gguf -c 8192 -np 2", "device": "rtx-3060-12gb"})"));
  INFO(plan.dump());
  CHECK(plan.at("model").at("id") == "Qwen/Qwen3-14B");
  CHECK(plan.at("best").at("request").at("parallel") == 2);
}

TEST_CASE("the app's door says which models run on a machine as the command line does") {
  app::Door door({});
  const auto [request, line] = GENERATE(table<std::string, std::string>(
      {{R"({"device": "rtx-3060-12gb, ram=32GiB", "context": "16k", "top": 3, "family": "qwen3"})",
        "\"rtx-3060-12gb, ram=32GiB\" -c 16k --top 3 --family qwen3"},
       {R"({"device": "apple-macbook-air-m1-8gb", "task": "code", "min_speed_tok_s": 20.0, "top": 2})",
        "apple-macbook-air-m1-8gb --task code --min-speed 20 --top 2"}}));
  std::vector<std::string> args = test::words(line);
  args.insert(args.begin(), "fits");
  args.push_back("--json");
  CHECK(door.fits(request) == test::lfmfit(args).out);
}

TEST_CASE("what does not choose between models is refused by the app's door") {
  app::Door door({});
  const std::string request =
      GENERATE("", "[]", "{}", R"({"device": "rtx-4090", "gpu_layers": 3})", R"({"device": "rtx-4090", "top": 0})",
               R"({"device": "rtx-4090", "min_speed_tok_s": 0})", R"({"device": "rtx-4090", "task": "cooking"})",
               R"({"device": "rtx-4090", "family": 1})", R"({"device": "rtx-4090", "context": "fit"})");
  CHECK(Json::parse(door.fits(request)).at("error").at("kind") == "bad_request");
}

TEST_CASE("facts that lie in the app's file count in it") {
  const std::string facts = R"([{"path": "a.json", "text": "{\"devices\": [{\"id\": \"x\"}]}"}])";
  app::Door door(app::overlays_of(facts));
  const Json answer = Json::parse(door.answer(R"({"model": "lfm2-1.2b", "device": "x"})"));
  CHECK(answer.at("error").at("message").get<std::string>().find("a.json: row \"x\"") == 0);
  CHECK(Json::parse(door.list("devices")).at("error").at("kind") == "bad_file");
}

TEST_CASE("facts in the app's file that are broken are an error") {
  const std::string text = GENERATE("", "{}", "[1]", R"([{"path": 1, "text": ""}])", R"([{"path": ""}])");
  CHECK_THROWS_AS(app::overlays_of(text), Error);
}
