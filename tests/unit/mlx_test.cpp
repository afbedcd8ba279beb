#include "lfmfit/mlx.hpp"

#include "ask/asked_json.hpp"
#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/reader_facts.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kMac = "apple-mac-studio-m4-max-40c-64gb";

Question mlx_question(Json request) {
  request["runtime"] = "mlx";
  return ask::question_of(ask::read_asked(request), test::finder());
}

Estimate mlx_answer(Json request) { return estimate(mlx_question(std::move(request))); }

std::int64_t cache_of(Json request) {
  return mlx_answer(std::move(request)).memory.sum(MemoryUse::kKvCache, 0).count();
}

}  // namespace

TEST_CASE("weights for MLX take their bits and what a group shares") {
  const auto weights = [](const char* form) {
    const Estimate answer = mlx_answer({{"model", "LiquidAI/LFM2-1.2B"}, {"quantization", form}});
    return answer.bits_per_weight;
  };
  CHECK(weights("bf16") == 16);
  CHECK(weights("4bit") == Approx(4.5).epsilon(0.002));
  CHECK(weights("q4") == weights("4bit"));
  CHECK(weights("4bit-g32") == Approx(5).epsilon(0.002));
  CHECK(weights("mxfp4") == Approx(4.25).epsilon(0.002));
  CHECK(weights("nvfp4") == Approx(4.5).epsilon(0.002));
  CHECK(weights("mxfp8") == Approx(8.25).epsilon(0.002));
  CHECK_THROWS_WITH(weights("Q4_K_M"), Contains("4bit"));
  CHECK(mlx_question({{"model", "LiquidAI/LFM2-1.2B"}}).quantization->name == "4bit");
}

TEST_CASE("the cache of MLX grows in steps of 256 tokens, and states are there at any length") {
  const Json model = {{"model", "LiquidAI/LFM2-1.2B"}, {"context", 1000}};
  CHECK(cache_of(model) == 1024 * 12288);
  CHECK(mlx_answer(model).memory.sum(MemoryUse::kState, 0) == Bytes(10 * 8192));
  CHECK(cache_of({{"model", "LiquidAI/LFM2-1.2B"}, {"context", 1025}}) == 1280 * 12288);
  const Estimate answer = mlx_answer(model);
  CHECK(answer.memory.total_high(0) > answer.memory.total(0));
}

TEST_CASE("a window keeps what it and a chunk need, however long the conversation") {
  const auto cached = [](std::int64_t context) {
    return cache_of({{"model", "openai/gpt-oss-20b"}, {"context", context}});
  };
  // of 24 layers every second one has a window of 128; 2,048 B a token and layer
  CHECK(cached(65536) == 12 * 2048LL * (65536 + 128 + 2047));
  CHECK(cache_of({{"model", "openai/gpt-oss-20b"}, {"context", 65536}, {"prefill_step_size", 512}}) ==
        12 * 2048LL * (65536 + 128 + 511));
}

TEST_CASE("a quantized cache takes its bits and a scale and a bias for a group, once it is quantized") {
  const auto cached = [](Json more) {
    Json request = {{"model", "Qwen/Qwen3-4B"}, {"context", 32768}};
    request.update(more);
    return cache_of(request);
  };
  const std::int64_t numbers = 36LL * 8 * 256 * 32768;
  CHECK(cached(Json::object()) == numbers * 2);
  CHECK(cached({{"kv_bits", 8}}) == numbers * 17 / 16);
  CHECK(cached({{"kv_bits", 4}}) == numbers * 9 / 16);
  CHECK(cached({{"kv_bits", 8}, {"kv_group_size", 32}}) == numbers * 9 / 8);
  // until 5,000 tokens are there it is not
  CHECK(cached({{"kv_bits", 4}, {"context", 4096}}) == cached({{"context", 4096}}));
  CHECK(cached({{"kv_bits", 4}, {"context", 8192}}) == cached({{"context", 6144}}));
  CHECK(cached({{"kv_bits", 4}, {"context", 8192}, {"quantized_kv_start", 0}}) == numbers / 4 * 9 / 16);
  CHECK(cached({{"max_kv_size", 4096}}) == numbers * 2 / 32768 * (4096 + 2047));
}

TEST_CASE("what mlx-lm cannot do is an error that says so") {
  const auto refused = [](Json request, const char* why) {
    CHECK_THROWS_WITH(mlx_answer(std::move(request)), Contains(why));
  };
  refused({{"model", "openai/gpt-oss-20b"}, {"kv_bits", 8}}, "sliding windows");
  refused({{"model", "Qwen/Qwen3-4B"}, {"kv_bits", 8}, {"max_kv_size", 4096}}, "max_kv_size");
  refused({{"model", "LiquidAI/LFM2-1.2B"}, {"max_kv_size", 4096}}, "max_kv_size");
  refused({{"model", "Qwen/Qwen3-4B"}, {"kv_bits", 7}}, "2, 3, 4, 5, 6, 8");
  refused({{"model", "Qwen/Qwen3-4B"}, {"kv_group_size", 48}}, "32, 64, 128");
  refused({{"model", "Qwen/Qwen3-4B"}, {"prefill_step_size", 0}}, "prefill_step_size");
  refused({{"model", "Qwen/Qwen3-4B"}, {"device", "rtx-4090"}}, "Mac");
  refused({{"model", "Qwen/Qwen3-4B"}, {"backend", "cuda"}}, "Mac");
  refused({{"model", "Qwen/Qwen3-4B"}, {"users", 2}}, "one request at a time");
  refused({{"model", "Qwen/Qwen3-4B"}, {"parallel", 2}}, "MLX");
  refused({{"model", "Qwen/Qwen3-4B"}, {"method", "page"}}, "no MLX");
}

TEST_CASE("what a chunk of a prompt holds grows with it, and without a kernel with the context") {
  const auto computes = [](Json request) {
    return in_gb(mlx_answer(std::move(request)).memory.sum(MemoryUse::kCompute, 0));
  };
  const double usual = computes({{"model", "Qwen/Qwen3-4B"}, {"context", 32768}});
  CHECK(usual > 0.5);
  CHECK(usual < 0.9);
  CHECK(computes({{"model", "Qwen/Qwen3-4B"}, {"context", 32768}, {"prefill_step_size", 256}}) < usual / 2);
  CHECK(computes({{"model", "Qwen/Qwen3-4B"}, {"context", 40960}}) == usual);  // heads of 128 have a kernel
  const Json wide = {{"model", "Qwen/Qwen3.5-4B"}, {"context", 32768}};        // heads of 256
  CHECK(computes(wide) > 2048.0 * 32768 * 16 * 2 / 1e9);
}

TEST_CASE("beyond the limit of what may be wired MLX warns, and a higher limit is named") {
  const Estimate tight = mlx_answer(
      {{"model", "Qwen/Qwen3-30B-A3B"}, {"quantization", "8bit"}, {"device", "apple-macbook-pro-m4-max-32c-36gb"}});
  CHECK(tight.fit->verdict == Verdict::kTooBig);
  REQUIRE(tight.warnings.size() == 1);
  CHECK_THAT(tight.warnings.front(), Contains("wire"));
  const Estimate fits = mlx_answer({{"model", "Qwen/Qwen3-30B-A3B"}, {"device", kMac}});
  CHECK(fits.fit->verdict == Verdict::kRunsGreat);
  CHECK(fits.warnings.empty());
  REQUIRE(fits.speed);
  CHECK_FALSE(fits.speed->decode.measured);
  CHECK(fits.speed->decode.high > fits.speed->decode.low);
  const Estimate raised = mlx_answer({{"model", "Qwen/Qwen3-30B-A3B"}, {"device", "apple-macbook-air-m4-24gb"}});
  REQUIRE(raised.fit->raised);
  CHECK_THAT(raised.fit->raised->setting, Contains("wired_limit"));
}

TEST_CASE("the longest conversation that fits is found") {
  const Question question =
      mlx_question({{"model", "Qwen/Qwen3-4B"}, {"context", "fit"}, {"available_bytes", 6'000'000'000}});
  const Estimate answer = estimate(question);
  CHECK(answer.memory.total_high(0) <= Bytes(6'000'000'000));
  CHECK(answer.request.context.count() % 256 == 0);
  CHECK(answer.request.context > Tokens(4096));
}
