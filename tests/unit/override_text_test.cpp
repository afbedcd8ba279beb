#include "core/llamacpp/override_text.hpp"

#include <regex>

#include "ask/tensor_overrides.hpp"
#include "catch.hpp"
#include "support/scene.hpp"

namespace lfmfit {

namespace {

using Catch::Matchers::Contains;
using test::shipped;

std::string pattern_of(std::int64_t first, std::int64_t end, LayerPart part = LayerPart::kExperts, int place = kHost) {
  Request request;
  request.overflows = {{first, end, part, place}};
  std::string all;
  for (const std::string& text : override_texts(request, shipped().backend("cuda")))
    all += (all.empty() ? "" : ",") + text;
  return all;
}

/// All of `ledger` in one line.
std::string bytes_of(const MemoryLedger& ledger) {
  std::string text;
  for (const MemoryTerm& term : ledger.terms)
    text += std::string(name_of(term.use)) + "@" + std::to_string(term.place) + "=" +
            std::to_string(term.value.count()) + " ";
  return text;
}

std::string bytes_of(Question question) {
  const Estimate answer = estimate(question);
  return bytes_of(answer.memory) + std::to_string(answer.speed->decode.value.value());
}

Question told(const std::vector<std::string>& overrides, Question question) {
  question.request.overrides = ask::parse_overrides(overrides, *question.model, *question.backend);
  return question;
}

}  // namespace

TEST_CASE("Patterns name exactly the layers that are moved") {
  CHECK(pattern_of(37, 48) == "blk\\.(3[7-9]|4[0-7])\\.ffn_(up|down|gate_up|gate)_(ch|)exps=CPU");
  CHECK(pattern_of(4, 48, LayerPart::kDowns) ==
        "blk\\.4\\.ffn_down.*=CPU,blk\\.([5-9]|[1-3][0-9]|4[0-7])\\.ffn_(up|down|gate_up|gate)_(ch|)exps=CPU");
  CHECK(pattern_of(4, 5, LayerPart::kFeedForward, 1) == "blk\\.4\\.ffn_(gate|up|gate_up|down).*=CUDA1");
  for (const auto& [first, end] :
       {std::pair{0, 1}, {0, 10}, {0, 128}, {9, 100}, {7, 101}, {90, 130}, {99, 200}, {95, 96}}) {
    const std::string pattern = pattern_of(first, end);
    const std::regex names(pattern.substr(0, pattern.rfind('=')));
    for (int layer = 0; layer < 220; ++layer) {
      INFO(pattern << " " << layer);
      const std::string name = "blk." + std::to_string(layer) + ".ffn_up_exps.weight";
      CHECK(std::regex_search(name, names) == (first <= layer && layer < end));
    }
  }
}

TEST_CASE("Experts in host memory take the same bytes and time however that is said") {
  for (const char* model :
       {"Qwen/Qwen3-30B-A3B", "openai/gpt-oss-20b", "LiquidAI/LFM2-8B-A1B", "deepseek-ai/DeepSeek-V2-Lite"}) {
    const Question question = test::question_about(model, "rtx-4090");
    INFO(model);
    Question all = question;
    all.request.cpu_moe = true;
    CHECK(bytes_of(all) == bytes_of(told({"\\.ffn_(up|down|gate|gate_up)_(ch|)exps=CPU"}, question)));
    CHECK(bytes_of(all) == bytes_of(told({"exps=CPU"}, question)));
    Question some = question;
    some.request.n_cpu_moe = 4;
    CHECK(bytes_of(some) == bytes_of(told({"blk\\.[0-3]\\.ffn_(up|down|gate)_(ch|)exps=CPU"}, question)));
    CHECK(bytes_of(some) != bytes_of(all));
  }
}

TEST_CASE("What is placed automatically takes the same bytes when it is told by hand") {
  for (const char* model :
       {"Qwen/Qwen3-30B-A3B", "openai/gpt-oss-20b", "LiquidAI/LFM2-24B-A2B", "meta-llama/Llama-3.1-8B"}) {
    for (const std::int64_t gib : {2, 3, 5, 7, 11}) {
      for (const int gpus : {1, 2}) {
        Question question = test::question_about(model, "rtx-4090");
        question.available = from_gib(static_cast<double>(gib));
        question.ram = from_gib(64);
        question.request.gpu_count = gpus;
        question.request.placing = Placing::kAutomatic;
        const Estimate answer = estimate(question);
        if (answer.request.placing != Placing::kGiven) continue;
        Question by_hand = question;
        by_hand.request = answer.request;
        by_hand.request.overflows.clear();
        const auto texts = override_texts(answer.request, *question.backend);
        INFO(model << " in " << gib << " GiB of each of " << gpus);
        CHECK(bytes_of(answer.memory) == bytes_of(estimate(told(texts, by_hand)).memory));
      }
    }
  }
}

TEST_CASE("An override beside others' layers is refused where its GPU is not there, or is not known to do") {
  Question question = test::question_about("Qwen/Qwen3-30B-A3B", "rtx-4090");
  CHECK_THROWS_WITH(estimate(told({"exps=CUDA1"}, question)), Contains("counted from 0"));
  CHECK_THROWS_WITH(estimate(told({"token_embd=CUDA0"}, question)), Contains("token_embd"));
  question.request.gpu_count = 2;
  question.request.split_mode = SplitMode::kTensor;
  CHECK_THROWS_WITH(estimate(told({"exps=CUDA1"}, question)), Contains("by layers"));
  question.request.split_mode = SplitMode::kNone;
  CHECK_THROWS_WITH(estimate(told({"exps=CUDA1"}, question)), Contains("by layers"));
  question.request.main_gpu = 1;
  CHECK_NOTHROW(estimate(told({"exps=CUDA1"}, question)));
}

TEST_CASE("Tensors that lie on another GPU are counted there") {
  Question question = test::question_about("Qwen/Qwen3-30B-A3B", "rtx-4090");
  question.request.gpu_count = 2;
  question.request.tensor_split = {1, 0};
  const MemoryLedger moved = estimate(told({"exps=CUDA1"}, question)).memory;
  const MemoryLedger stays = estimate(question).memory;
  CHECK(moved.sum(MemoryUse::kWeights, 1) > from_gib(15));
  CHECK(moved.sum(MemoryUse::kWeights, 0) + moved.sum(MemoryUse::kWeights, 1) == stays.sum(MemoryUse::kWeights, 0));
  CHECK_FALSE(moved.beside_gpus);
  CHECK(told({"^output.weight=CPU"}, question).request.overrides.front().tensors.size() == 1);
  CHECK(estimate(told({"^output.weight=CPU"}, question)).memory.beside_gpus);
}

}  // namespace lfmfit
