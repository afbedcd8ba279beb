#include "core/answer/raised_limit.hpp"

#include "catch.hpp"
#include "support/scene.hpp"

namespace lfmfit {

namespace {

Estimate on_mac(const char* model, const char* quantization, std::int64_t context = 4096) {
  Question question = test::question_about(model, "apple-mac-mini-m4-pro-24gb");
  question.quantization = &test::shipped().quantization(quantization);
  question.request.context = Tokens(context);
  question.request.placing = Placing::kWhereNeeded;
  return estimate(question);
}

}  // namespace

TEST_CASE("A limit that keeps a model from the GPU is raised as far as it needs, and what that leaves is told") {
  const Estimate answer = on_mac("Qwen/Qwen3-30B-A3B", "Q4_K_M");
  REQUIRE(answer.fit->raised);
  const RaisedLimit& raised = *answer.fit->raised;
  const Device& device = test::shipped().device("apple-mac-mini-m4-pro-24gb");
  CHECK(raised.setting == "iogpu.wired_limit_mb");
  CHECK(raised.how.find("=" + std::to_string(raised.value)) != std::string::npos);
  CHECK(raised.usable == Bytes(raised.value << 20));
  CHECK(raised.usable + raised.leaves == device.memory);
  CHECK(raised.value <= device.knob->value);
  CHECK(raised.verdict <= Verdict::kTight);
}

TEST_CASE("Less than the most that the system allows is written into the command, not the most") {
  const Estimate answer = on_mac("google/gemma-3-27b-it", "Q4_K_M");
  REQUIRE(answer.fit->raised);
  const RaisedLimit& raised = *answer.fit->raised;
  CHECK(raised.value < test::shipped().device("apple-mac-mini-m4-pro-24gb").knob->value);
  CHECK(raised.how.find("=" + std::to_string(raised.value)) != std::string::npos);
}

TEST_CASE("With the raised limit the model fits as it is told to") {
  const Estimate answer = on_mac("Qwen/Qwen3-30B-A3B", "Q4_K_M");
  Device raised = test::shipped().device("apple-mac-mini-m4-pro-24gb");
  raised.usable = answer.fit->raised->usable;
  Question again = test::question_about("Qwen/Qwen3-30B-A3B", raised.id);
  again.device = &raised;
  again.request.placing = Placing::kWhereNeeded;
  const Estimate then = estimate(again);
  CHECK(then.fit->verdict == answer.fit->raised->verdict);
  CHECK_FALSE(then.memory.beside_gpus);
}

TEST_CASE("No limit is told of where the verdict is good, the memory too small, or there is nothing to set") {
  CHECK_FALSE(on_mac("LiquidAI/LFM2-1.2B", "Q4_K_M").fit->raised);
  CHECK_FALSE(on_mac("meta-llama/Llama-3.3-70B-Instruct", "Q4_K_M").fit->raised);
  Question card = test::question_about("meta-llama/Llama-3.1-8B", "rtx-3060");
  card.quantization = &test::shipped().quantization("F16");
  CHECK_FALSE(estimate(card).fit->raised);
}

}  // namespace lfmfit
