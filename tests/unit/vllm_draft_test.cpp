#include "ask/vllm_draft.hpp"

#include "ask/asked_json.hpp"
#include "catch.hpp"
#include "core/vllm/settings.hpp"
#include "lfmfit/error.hpp"
#include "support/program.hpp"
#include "support/reader_facts.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;

namespace {

using Json = nlohmann::ordered_json;

Question draft_question(const Json& speculative, const char* model = "meta-llama/Llama-3.1-8B-Instruct") {
  Json request = {{"runtime", "vllm@0.9"}, {"model", model}, {"device", "h100-sxm"}, {"max_model_len", 131072}};
  if (!speculative.is_null()) request["speculative"] = speculative;
  request["kv_cache_memory_bytes"] = 55437294141;  // 51.63 GiB, as a log says
  return ask::question_of(ask::read_asked(request), test::finder());
}

Bytes weights_of(const Question& question) { return estimate(question).memory.sum(MemoryUse::kWeights, 0); }

}  // namespace

TEST_CASE("A layer that drafts keeps a cache beside the model's, and its weights") {
  const Estimate answer = estimate(draft_question({{"type", "eagle"}, {"max", 2}}));
  CHECK(answer.vllm->kv_cache_tokens == Approx(410128).epsilon(0.0003));  // of Llama 3.1 8B with EAGLE
  CHECK(answer.vllm->maximum_concurrency == Approx(3.13).margin(0.01));
  const Bytes layer(2 * (2 * (4096 * 4096 + 4096 * 1024) + 3 * 4096 * 14336 + 2 * 4096));
  const Bytes joining(2 * 2 * 4096 * 4096);
  CHECK(weights_of(draft_question({{"type", "eagle"}, {"max", 2}})) - weights_of(draft_question(nullptr)) ==
        layer + joining);
  CHECK(weights_of(draft_question({{"type", "eagle3"}, {"max", 2}})) >
        weights_of(draft_question({{"type", "eagle"}, {"max", 2}})));
  CHECK(weights_of(draft_question({{"type", "ngram"}, {"max", 2}})) == weights_of(draft_question(nullptr)));
}

TEST_CASE("A model that drafts takes its weights and the cache of its layers") {
  const Json small = {{"type", "draft_model"}, {"max", 3}, {"model", "meta-llama/Llama-3.2-1B-Instruct"}};
  const Question question = draft_question(small);
  REQUIRE(question.vllm->draft);
  CHECK(question.vllm->draft->model->card.id == "meta-llama/Llama-3.2-1B-Instruct");
  CHECK(weights_of(question) - weights_of(draft_question(nullptr)) > from_gib(2.2));
  CHECK(estimate(question).vllm->kv_cache_tokens < estimate(draft_question(nullptr)).vllm->kv_cache_tokens);
  const Question other = draft_question({{"type", "draft_model"}, {"max", 3}, {"model", "Qwen/Qwen3-0.6B"}});
  CHECK(estimate(other).vllm->verdict == VllmVerdict::kRefuses);
  CHECK_THAT(estimate(other).vllm->reason, Contains("wants as many"));
}

TEST_CASE("vLLM's own option says what drafts, in any of its words") {
  const auto draft = [](const char* config) {
    return *ask::vllm_draft({config, std::nullopt, std::nullopt}, test::finder());
  };
  CHECK(draft(R"({"method": "mtp"})").tokens == 1);
  CHECK(draft(R"({"method": "qwen3_next_mtp", "num_speculative_tokens": 2})").method == "mtp");
  CHECK(draft(R"({"model": "yuhuili/EAGLE3-LLaMA3.1-Instruct-8B", "num_speculative_tokens": 3})").method == "eagle3");
  CHECK(draft(R"({"model": "Qwen/Qwen3-0.6B", "num_speculative_tokens": 3})").model != nullptr);
  CHECK(ask::speculative_config(draft(R"({"method": "ngram", "num_speculative_tokens": 4, "prompt_lookup_max": 4})")) ==
        R"({"method":"ngram","num_speculative_tokens":4})");
  CHECK_FALSE(ask::vllm_draft({"none", std::nullopt, std::nullopt}, test::finder()));
  for (const char* bad : {"{", "{}", R"({"method": 3})", R"({"method": "eagle"})", R"({"method": "draft_model"})",
                          R"({"method": "ngram", "num_speculative_tokens": 0})",
                          R"({"method": "ngram", "num_speculative_tokens": 99999999999})",
                          R"({"method": "medusa", "num_speculative_tokens": 2})",
                          R"({"method": "ngram", "num_speculative_tokens": 2, "max_model_len": 3})"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(draft(bad), Error);
  }
  CHECK_THROWS_WITH(draft(R"({"method": "medusa", "num_speculative_tokens": 2})"), Contains("eagle3 and draft_model"));
}

TEST_CASE("What drafts is told by options, by a pasted command and in the command that is written") {
  const std::string config = R"({"method":"eagle3","num_speculative_tokens":2})";
  const auto check = [](std::vector<std::string> words) {
    const test::ProgramRun outcome = test::lfmfit(std::move(words));
    INFO(outcome.err);
    REQUIRE(outcome.code != 2);
    return outcome.out;
  };
  const Json typed = Json::parse(
      check({"check", "qwen3-14b", "--runtime", "vllm", "--on", "h100-sxm", "--speculative-config", config, "--json"}));
  CHECK(typed["request"]["speculative"] == Json{{"type", "eagle3"}, {"max", 2}});
  const Json pasted = Json::parse(check({"check", "--on", "h100-sxm", "--json", "--", "vllm", "serve", "Qwen/Qwen3-14B",
                                         "--speculative-config", config}));
  CHECK(pasted["memory"] == typed["memory"]);
  CHECK_THAT(check({"check", "qwen3-14b", "--runtime", "vllm", "--on", "h100-sxm", "--speculative-config", config,
                    "--command"}),
             Contains("--speculative-config") && Contains("eagle3"));
}
