#include "ask/asked_json.hpp"
#include "catch.hpp"
#include "core/vllm/cache.hpp"
#include "core/vllm/stages.hpp"
#include "lfmfit/error.hpp"
#include "support/reader_facts.hpp"

using namespace lfmfit;

namespace {

/// The plan that vLLM makes for a request, and what it was made with.
struct Planned {
  vllm::Settings settings;
  vllm::CachePlan plan;

  std::int64_t a_request(std::int64_t tokens) const { return vllm::blocks_a_request(plan, settings, Tokens(tokens)); }
};

Planned planned(nlohmann::ordered_json request) {
  request["runtime"] = "vllm";
  const Question question = ask::question_of(ask::read_asked(request), test::finder());
  const vllm::Settings settings = vllm::settings_of(question);
  return {settings, vllm::plan_cache(*question.model, settings)};
}

}  // namespace

TEST_CASE("a model of plain attention has one group, whose blocks take 16 tokens of every layer") {
  const Planned qwen = planned({{"model", "Qwen/Qwen3-14B"}});
  CHECK(qwen.plan.groups.size() == 1);
  CHECK(qwen.plan.block == 16);
  CHECK(qwen.plan.page_bytes.front() == 40 * 16 * 8 * 256 * 2);
  CHECK(qwen.a_request(40960) == 2560);
  CHECK(qwen.a_request(40961) == 2561);
  CHECK(vllm::blocks_of(qwen.plan, Bytes(12423193886), 0) == 75824 / 16);  // 11.57 GiB; a log says 75,824 tokens
}

TEST_CASE("states are padded to a page of attention, and groups have as many layers as the rarest kind") {
  const Planned lfm = planned({{"model", "LiquidAI/LFM2-1.2B"}, {"enable_prefix_caching", false}});
  CHECK(lfm.plan.block == 16);
  CHECK(lfm.plan.groups.size() == 3);  // six layers of attention; ten convolutions make two groups of at most six
  CHECK(lfm.plan.page_bytes.front() == 196'608);
  CHECK(lfm.a_request(32768) == 2050);
  CHECK(planned({{"model", "LiquidAI/LFM2-1.2B"}}).a_request(32768) == 2052);  // a second state for common prefixes
  const Planned large = planned({{"model", "LiquidAI/LFM2-24B-A2B"}});
  CHECK(large.plan.page_bytes.front() == 327'680);
  CHECK(large.a_request(32768) == 2054);
}

TEST_CASE("where states are large, blocks of attention grow until a page holds one") {
  const Planned qwen = planned({{"model", "Qwen/Qwen3.5-35B-A3B"}, {"kv_cache_dtype", "fp8"}});
  CHECK(qwen.plan.block == 2096);  // as logs of models of this shape say
  CHECK(qwen.plan.page_bytes.front() == 10 * 2'146'304);
  CHECK(qwen.a_request(131072) == 63 + 3 * 2);
  CHECK(planned({{"model", "Qwen/Qwen3.5-27B"}, {"kv_cache_dtype", "fp8"}}).plan.block == 1568);
}

TEST_CASE("sliding windows hold their window and one step, whatever the request's length") {
  const Planned gemma = planned({{"model", "google/gemma-3-1b-it"}, {"max_num_batched_tokens", 2048}});
  CHECK(gemma.plan.groups.size() == 7);  // 4 full layers, 22 sliding ones
  CHECK(gemma.a_request(32768) == 2048 + 6 * ((511 + 2048 + 15) / 16 + 1));
  CHECK(gemma.a_request(64) == 4 + 6 * 5);
}

TEST_CASE("layers of one and the same window keep it, in releases too that give up windows beside full attention") {
  const auto request = [](const std::string& runtime, int windows) {
    const Question question = ask::question_of(
        ask::read_asked({{"model", "Qwen/Qwen3-14B"}, {"runtime", runtime}, {"max_num_batched_tokens", 2048}}),
        test::finder());
    Model model = *question.model;
    for (int i = 0; i < windows; ++i)
      std::get<Attention>(model.blocks.at(static_cast<std::size_t>(i)).mixer).window = 4096;
    const vllm::Settings settings = vllm::settings_of(question);
    return vllm::blocks_a_request(vllm::plan_cache(model, settings), settings, Tokens(32768));
  };
  const std::int64_t of_window = (4095 + 2048 + 15) / 16 + 1, of_all = 32768 / 16;
  CHECK(request("vllm", 40) == of_window);
  CHECK(request("vllm", 20) == of_window + of_all);
  CHECK(request("vllm@0.8", 40) == of_window);
  CHECK(request("vllm@0.8", 20) == of_all);
}

TEST_CASE("latent attention caches one row for all heads, on every GPU the same") {
  const Planned one = planned({{"model", "deepseek-ai/DeepSeek-V2-Lite-Chat"}});
  const Planned four = planned({{"model", "deepseek-ai/DeepSeek-V2-Lite-Chat"}, {"tensor_parallel_size", 4}});
  CHECK(one.plan.block == 64);
  CHECK(one.plan.page_bytes.front() == 27 * 64 * 576 * 2);
  CHECK(four.plan.page_bytes == one.plan.page_bytes);
}

TEST_CASE("heads are shared by GPUs down to one each") {
  const auto page = [](int gpus) {
    return planned({{"model", "Qwen/Qwen3-30B-A3B"}, {"tensor_parallel_size", gpus}}).plan.page_bytes.front();
  };
  CHECK(page(2) == page(1) / 2);
  CHECK(page(4) == page(1) / 4);
  CHECK(page(8) == page(4));
}

TEST_CASE("stages of a pipeline share the layers, the last of them none of what is left over") {
  CHECK(vllm::stages_of(4, 2) == std::vector<int>{0, 0, 1, 1});
  CHECK(vllm::stages_of(5, 2) == std::vector<int>{0, 0, 0, 1, 1});
  CHECK(vllm::stages_of(3, 1) == std::vector<int>{0, 0, 0});
  CHECK(vllm::stages_of(5, 3) == std::vector<int>{0, 0, 1, 1, 2});
  const Planned split = planned({{"model", "LiquidAI/LFM2-1.2B"}, {"pipeline_parallel_size", 2}});
  CHECK(split.plan.page_bytes.size() == 2);
  CHECK(split.plan.page_bytes[0] + split.plan.page_bytes[1] >= 196'608);
}

TEST_CASE("a type of cache with scales of its own takes their bytes too") {
  const auto page = [](const char* type) {
    return planned({{"model", "Qwen/Qwen3-14B"}, {"kv_cache_dtype", type}}).plan.page_bytes.front();
  };
  CHECK(page("fp8") == page("auto") / 2);
  CHECK(page("int8_per_token_head") == page("fp8") + 40 * 16 * 2 * 8 * 4);
  CHECK_THROWS_WITH(page("q8_0"), Catch::Matchers::Contains("fp8"));
}

TEST_CASE("the longest request is the last that the blocks hold") {
  const Planned qwen = planned({{"model", "Qwen/Qwen3-14B"}});
  CHECK(vllm::longest_request(qwen.plan, qwen.settings, 100, Tokens(40960)) == Tokens(1600));
  CHECK(vllm::longest_request(qwen.plan, qwen.settings, 1 << 20, Tokens(40960)) == Tokens(40960));
  CHECK(vllm::longest_request(qwen.plan, qwen.settings, 0, Tokens(40960)) == Tokens(0));
}
