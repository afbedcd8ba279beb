#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "support/program.hpp"
#include "support/temporary_folder.hpp"

using Catch::Matchers::Contains;
using test::ProgramRun;

namespace {

using Json = nlohmann::ordered_json;

ProgramRun run(const std::string& line) { return test::lfmfit(test::words(line)); }

Json json_of(const std::string& line) {
  const ProgramRun outcome = run(line + " --json");
  INFO(line << "\n" << outcome.err);
  REQUIRE(outcome.code != 2);
  return Json::parse(outcome.out);
}

}  // namespace

TEST_CASE("What a plan says to take is what check answers for those options") {
  const std::string device = " --on rtx-3060";
  const Json plan = json_of("plan qwen3-14b -c 16k" + device);
  REQUIRE(plan["fits"] == true);
  const Json& best = plan["best"];
  const Json check = json_of("check qwen3-14b -c 16k -q " + best["quantization"].get<std::string>() + " " +
                             best["options"].get<std::string>() + device);
  CHECK(check["fit"] == best["fit"]);
  CHECK(check["speed"]["decode_tok_s"] == best["speed"]["decode_tok_s"]);
  for (const Json& row : plan["frontier"]) {
    if (!row.contains("longest_context")) continue;
    const std::string asked = "check qwen3-14b -q " + row["quantization"].get<std::string>() + device + " -ngl all -c ";
    CAPTURE(row["quantization"]);
    const std::int64_t longest = row["longest_context"];
    CHECK(run(asked + std::to_string(longest)).code == 0);
    CHECK((longest == 40960 || run(asked + std::to_string(longest + 256)).code == 1));
  }
}

TEST_CASE("Every change that a plan names makes it fit when it is asked for") {
  for (const char* line :
       {"llama-3.1-8b -q Q8_0 -c 128k --ram 4GiB", "llama-3.3-70b -c 32k", "qwen3-32b -c 32k --ram 4GiB"}) {
    const std::string device = " --on rtx-3060";
    const Json plan = json_of("plan " + std::string(line) + device);
    CAPTURE(line);
    CHECK(plan["fits"] == false);
    REQUIRE_FALSE(plan["changes"].empty());
    for (const Json& change : plan["changes"]) {
      const std::string options = change["options"];
      const bool elsewhere = options.find("--on") != std::string::npos;
      std::string asked = "check " + std::string(line);
      for (const std::string option : {"-c", "-q", "--ram"}) {  // an option that the change gives too
        if (options.find(option + " ") == std::string::npos) continue;
        const std::size_t begin = asked.find(" " + option + " ");
        if (begin == std::string::npos) continue;
        asked.erase(begin, asked.find(' ', begin + option.size() + 2) - begin);
      }
      asked += " " + options + (elsewhere ? "" : device);
      CAPTURE(asked);
      const ProgramRun outcome = run(asked + " --json");
      CHECK(outcome.code == 0);
      if (outcome.code != 2)
        CHECK(Json::parse(outcome.out)["fit"]["required_bytes"] == change["fit"]["required_bytes"]);
    }
  }
}

TEST_CASE("A plan for vLLM shares the model among the GPUs that are there, and says what gives more cache") {
  const std::string line = "llama-3.3-70b --runtime vllm --on \"4x h100-sxm\"";
  const Json plan = json_of("plan " + line + " --max-model-len 32k");
  REQUIRE(plan["fits"] == true);
  const std::string options = plan["best"]["options"];
  CHECK_THAT(options, Contains("-tp "));
  CHECK(plan["best"]["quantization"] == "BF16");
  const Json check = json_of("check " + line + " --max-model-len 32k -q BF16 " + options);
  CHECK(check["fit"] == plan["best"]["fit"]);
  CHECK_THAT(run("plan " + line + " --max-model-len 32k").out, Contains("-tp ") && Contains("more cache with: --"));
  const std::string alone = "llama-3.3-70b -q FP8 --runtime vllm --on h100-sxm --max-model-len 32k";
  const Json changes = json_of("plan " + alone)["changes"];
  REQUIRE_FALSE(changes.empty());
  for (const Json& change : changes) {
    const std::string asked = change["options"];
    if (asked.find("--on") == std::string::npos) continue;
    if (asked.find("x h100") != std::string::npos) CHECK_THAT(asked, Contains("-tp "));
    CHECK(run("check llama-3.3-70b -q FP8 --runtime vllm --max-model-len 32k " + asked).code == 0);
  }
}

TEST_CASE("A model that is published quantized is planned in that form, and a smaller batch is tried first") {
  const Json plan = json_of("plan gpt-oss-120b --runtime vllm --on h100-sxm");
  REQUIRE(plan["fits"] == true);
  CHECK(plan["frontier"].size() == 1);
  CHECK(plan["best"]["quantization"] == "MXFP4");
  CHECK(plan["best"]["options"] == "--max-num-seqs 128");
  CHECK_THAT(run("plan gpt-oss-120b --runtime vllm --on h100-sxm").out, Contains("as published"));
  CHECK(run("check gpt-oss-120b --runtime vllm --on h100-sxm --max-num-seqs 128").code == 0);
}

TEST_CASE("Where vLLM holds but a short request, a plan names the smallest batch without graphs") {
  const ProgramRun plan = run("plan qwen2.5-32b -q AWQ --runtime vllm --on rtx-4090");
  CHECK(plan.code == 1);
  CHECK_THAT(plan.out, Contains("--max-num-batched-tokens 2048 --enforce-eager"));
}

TEST_CASE("A plan for MLX tries a quantized cache") {
  const std::string line = "llama-3.1-8b -q 4bit --runtime mlx --on apple-macbook-air-m4-16gb -c 72k";
  const Json plan = json_of("plan " + line);
  const Json& row = plan["fits"] == true ? plan["best"] : plan["changes"].at(0);
  CHECK_THAT(row["options"].get<std::string>(), Contains("--kv-bits 8"));
  CHECK(run("check " + line + " --kv-bits 8").code == 0);
  CHECK(run("check " + line).code == 1);
  CHECK_THAT(run("plan " + line).out, Contains("8-bit cache"));
}

TEST_CASE("Without a device a plan names the least hardware of each kind") {
  const ProgramRun text = run("plan lfm2-8b-a1b -c 32k");
  CHECK(text.code == 0);
  CHECK_THAT(text.out, Contains("consumer GPU") && Contains("metal"));
  const Json plan = json_of("plan lfm2-8b-a1b -c 32k");
  CHECK(plan["least"].size() > 8);
  CHECK_FALSE(plan.contains("best"));
  CHECK(json_of("plan lfm2-8b-a1b -c 32k --min-speed 300")["least"].size() < plan["least"].size());
  CHECK(run("plan deepseek-r1 --min-speed 100000").code == 1);
}

TEST_CASE("Words in place of a quantization mean the best that fits") {
  for (const char* word : {"best", "fit"}) {
    CHECK(json_of("check qwen3-14b --on rtx-4090 -c 32k -q " + std::string(word))["request"]["quantization"] == "Q8_0");
  }
  CHECK(run("check qwen3-14b --on rtx-4090 -c 32k -q F16").code == 1);
  CHECK_THAT(run("explain qwen3-14b --on rtx-3060 -q best").out, Contains("Qwen3 14B Q5_K_M"));
  CHECK_THAT(run("qwen3-14b --on rtx-3060 --on rtx-4090 -q best").out, Contains("Qwen3 14B, Q5_K_M"));
  CHECK_THAT(run("check qwen3-14b --on rtx-3060 -q best -c fit").out, Contains("Q5_K_M"));
  const ProgramRun batch =
      test::lfmfit({"batch"}, R"({"model": "Qwen/Qwen3-14B", "device": "rtx-3060", "quantization": "best"})");
  CHECK(Json::parse(batch.out)["request"]["quantization"] == "Q5_K_M");
  const ProgramRun nowhere = run("qwen3-14b -q best");
  CHECK(nowhere.code == 2);
  CHECK_THAT(nowhere.err, Contains("name a device"));
  CHECK_THAT(run("check qwen3:8b-q4_K_M -q best --on rtx-3060").err, Contains("leave out one"));
  CHECK_THAT(run("check gpt-oss-20b -q best --on rtx-4060-ti-16gb").out, Contains("MXFP4_MOE"));
  CHECK(json_of("check qwen3-14b -q best --on rtx-4090 --runtime vllm --max-model-len 8k")["request"]["quantization"] ==
        "FP8");
}

TEST_CASE("A check that fails ends with the two cheapest changes") {
  const ProgramRun check = run("check llama-3.1-8b -c 128k --ram 4GiB --on rtx-3060");
  CHECK(check.code == 1);
  CHECK_THAT(check.out, Contains("it fits, cheapest first, with\n    -c "));
  CHECK(json_of("check llama-3.1-8b -c 128k --ram 4GiB --on rtx-3060")["changes"].size() == 2);
  CHECK_THAT(run("explain llama-3.1-8b -c 128k --ram 4GiB --on rtx-3060").out, Contains("cheapest first"));
  CHECK_FALSE(json_of("check llama-3.1-8b --on rtx-3060").contains("changes"));
}

TEST_CASE("What makes no plan is refused with what to do") {
  CHECK(run("plan qwen3-14b --on rtx-3060 --min-speed 0").code == 2);
  CHECK(run("plan qwen3-14b --on rtx-3060 --min-speed fast").code == 2);
  CHECK_THAT(run("plan qwen3-14b --on rtx-3060 --method page").err, Contains("leave out --method"));
  CHECK(run("plan nobody --on rtx-3060").code == 2);
}

TEST_CASE("The models that run on a device are listed with the best first") {
  const Json list = json_of("fits rtx-3060 --top 10");
  REQUIRE(list["models"].size() == 10);
  CHECK(list["models"][0]["parameters"] > 10'000'000'000);
  for (const Json& model : list["models"]) CHECK(model["runs"] == "well");
  const Json all = json_of("fits rtx-3060 --family qwen3");
  CHECK(all["models_running"] == all["models"].size());
  const Json few = json_of("fits rtx-3060 --family qwen3 --top 3");
  REQUIRE(few["models"].size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(few["models"][i]["id"] == all["models"][i]["id"]);
}

TEST_CASE("Lists of models are by context, speed, family and task") {
  const Json llamas = json_of("fits rtx-3060 --family llama -c 16k --min-speed 50");
  for (const Json& model : llamas["models"]) {
    CHECK(model["context_limit"] >= 16384);
    CHECK(model["speed"]["decode_low_tok_s"] >= 50);
    CHECK(model["request"]["context"] == 16384);
  }
  const Json coders = json_of("fits rtx-3060 --task code --top 5");
  for (const Json& model : coders["models"]) CHECK_THAT(model["tasks"].dump(), Contains("\"code\""));
  CHECK_THAT(run("fits rtx-3060 --task poetry").err, Contains("--task knows") && Contains("code"));
  CHECK(run("fits rtx-3060 --family nobody").code == 1);
  CHECK(run("fits rtx-3060 -c fit").code == 2);
  CHECK(run("fits").code == 2);
}
