#include "lfmfit/vllm.hpp"

#include "ask/asked_json.hpp"
#include "catch.hpp"
#include "core/vllm/settings.hpp"
#include "core/vllm/transient.hpp"
#include "lfmfit/error.hpp"
#include "support/reader_facts.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;

namespace {

using Json = nlohmann::ordered_json;

Question vllm_question(Json request) {
  if (!request.contains("runtime")) request["runtime"] = "vllm";
  return ask::question_of(ask::read_asked(request), test::finder());
}

Estimate vllm_answer(Json request) { return estimate(vllm_question(std::move(request))); }

const VllmAnswer& log_of(const Estimate& answer) { return *answer.vllm; }

}  // namespace

TEST_CASE("the share that vLLM asks for is spent to the last byte") {
  const Estimate answer =
      vllm_answer({{"model", "meta-llama/Llama-3.1-8B-Instruct"}, {"device", "h100-sxm"}, {"runtime", "vllm@0.27"}});
  const Bytes requested = log_of(answer).requested;
  CHECK(in_gib(requested) == Approx(0.92 * 79.18).margin(0.01));
  CHECK_FALSE(log_of(answer).graphs_in_share);  // of a dense model, in that release
  CHECK(answer.memory.total(0) - answer.memory.sum(MemoryUse::kOutside, 0) - answer.memory.sum(MemoryUse::kGraphs, 0) ==
        requested);
  const Estimate hybrid = vllm_answer({{"model", "LiquidAI/LFM2-1.2B"}, {"device", "h100-sxm"}});
  CHECK(log_of(hybrid).graphs_in_share);
  CHECK(hybrid.memory.total(0) - hybrid.memory.sum(MemoryUse::kOutside, 0) == log_of(hybrid).requested);
  CHECK(log_of(answer).verdict == VllmVerdict::kStarts);
  CHECK(log_of(answer).kv_cache_tokens >= log_of(answer).kv_cache_tokens_low);
  CHECK(log_of(answer).blocks ==
        answer.memory.sum(MemoryUse::kKvCache, 0).count() / log_of(answer).bytes_per_block.count());
}

TEST_CASE("large cards take more requests at once, and paid for sorting their logits") {
  const Question h100 = vllm_question({{"model", "Qwen/Qwen3-14B"}, {"device", "h100-sxm"}, {"runtime", "vllm@0.11"}});
  const vllm::Settings large = vllm::settings_of(h100);
  CHECK(large.requests == 1024);
  CHECK(large.tokens == 8192);
  CHECK(vllm::settings_of(vllm_question({{"model", "Qwen/Qwen3-14B"}, {"device", "rtx-4090"}})).requests == 256);
  CHECK(vllm::settings_of(vllm_question({{"model", "Qwen/Qwen3-14B"}, {"device", "a100-sxm-80gb"}})).requests == 256);
  const Estimate answer = estimate(h100);
  const auto change = std::find_if(log_of(answer).changes.begin(), log_of(answer).changes.end(),
                                   [](const VllmChange& one) { return one.options == "--max-num-seqs 128"; });
  REQUIRE(change != log_of(answer).changes.end());
  CHECK(in_gib(change->gain) > 3.5);
  CHECK(in_gib(change->gain) < 6);
}

TEST_CASE("what a release computes at its peak is less the newer its sampler is") {
  const auto activation = [](const char* runtime) {
    const Estimate answer = vllm_answer({{"model", "Qwen/Qwen3-30B-A3B"}, {"device", "h200"}, {"runtime", runtime}});
    return in_gib(answer.memory.sum(MemoryUse::kActivation, 0));
  };
  CHECK(activation("vllm@0.11") == Approx(5.6).margin(0.1));  // rows are sorted
  CHECK(activation("vllm@0.19") ==
        Approx(2.68).margin(0.05));                           // rows are masked, and experts keep what they compute in
  CHECK(activation("vllm@0.30") == Approx(1.5).margin(0.1));  // logits alone
}

TEST_CASE("releases of before the V1 engine cut no prompts and count what else is on the card") {
  const Json request = {{"model", "meta-llama/Llama-3.1-8B-Instruct"}, {"device", "rtx-3090"}, {"runtime", "vllm@0.6"}};
  const auto with_length = [&](const char* length) {
    Json asked_for = request;
    asked_for["max_model_len"] = length;
    return vllm_question(asked_for);
  };
  CHECK(vllm::settings_of(with_length("20000")).tokens == 20000);
  CHECK(vllm::settings_of(with_length("1024")).tokens == 2048);
  CHECK(vllm::settings_of(with_length("64k")).tokens == 2048);
  const Estimate answer = estimate(with_length("8192"));
  CHECK(answer.memory.total(0) - answer.memory.sum(MemoryUse::kGraphs, 0) == log_of(answer).requested);
  CHECK_THROWS_WITH(estimate(with_length("auto")), Contains("name a length"));
  Json hybrid = request;
  hybrid["model"] = "LiquidAI/LFM2-1.2B";
  hybrid["max_model_len"] = 4096;
  CHECK_THROWS_WITH(vllm_answer(hybrid), Contains("0.10 on"));
}

TEST_CASE("releases without one pool for all kinds of layers keep all tokens of windows") {
  const auto token = [](const char* runtime) {
    const Estimate answer = vllm_answer(
        {{"model", "google/gemma-2-9b-it"}, {"device", "h100-sxm"}, {"runtime", runtime}, {"max_model_len", 8192}});
    return answer.vllm->bytes_per_block.count() / answer.vllm->block_size * answer.vllm->cache_groups;
  };
  CHECK(token("vllm@0.9") == 42 * 2 * 8 * 256 * 2);
  CHECK(token("vllm@0.10") == token("vllm@0.9"));  // of a token that all layers keep
}

TEST_CASE("graphs are captured for the sizes of batches that vLLM lists") {
  const auto graphs = [](Json request) {
    return vllm::captured_graphs(vllm::settings_of(vllm_question(std::move(request))));
  };
  CHECK(graphs({{"model", "Qwen/Qwen3-14B"}, {"max_num_seqs", 256}}) == 51 + 35);  // as a log says
  CHECK(graphs({{"model", "Qwen/Qwen3-14B"}, {"max_num_seqs", 1}}) == 2 + 1);
  CHECK(graphs({{"model", "Qwen/Qwen3-14B"}, {"enforce_eager", true}}) == 0);
}

TEST_CASE("vLLM refuses what it cannot hold, and says how much is missing") {
  const Estimate big = vllm_answer({{"model", "meta-llama/Llama-3.3-70B-Instruct"}, {"device", "h100-sxm"}});
  CHECK(log_of(big).verdict == VllmVerdict::kRefuses);
  CHECK_THAT(log_of(big).reason, Contains("no memory is left"));
  CHECK(big.fit->verdict == Verdict::kTooBig);
  CHECK_FALSE(big.speed);
  CHECK(std::any_of(log_of(big).changes.begin(), log_of(big).changes.end(),
                    [](const VllmChange& one) { return one.options == "-tp 2" && one.gain > Bytes(0); }));
  const Estimate is_long =
      vllm_answer({{"model", "Qwen/Qwen3-14B"}, {"device_bytes", 36'000'000'000}, {"max_model_len", 40960}});
  CHECK(log_of(is_long).verdict == VllmVerdict::kRefuses);
  CHECK_THAT(log_of(is_long).reason, Contains("one request of 40,960 tokens"));
  CHECK(log_of(is_long).largest_max_model_len < Tokens(40960));
}

TEST_CASE("a share that is not free at the start is refused") {
  const Estimate answer =
      vllm_answer({{"model", "LiquidAI/LFM2-1.2B"}, {"device", "rtx-4090"}, {"gpu_memory_utilization", 1.0}});
  CHECK(log_of(answer).verdict == VllmVerdict::kRefuses);
  CHECK_THAT(log_of(answer).reason, Contains("free at the start"));
  const Estimate shared =
      vllm_answer({{"model", "LiquidAI/LFM2-1.2B"}, {"device", "rtx-4090"}, {"reserve_bytes", 8'000'000'000}});
  CHECK(log_of(shared).verdict == VllmVerdict::kRefuses);
}

TEST_CASE("graphs that come on top of the share overrun it where little of the card is left") {
  const Json request = {{"model", "Qwen/Qwen3-8B"},
                        {"device", "rtx-4090"},
                        {"runtime", "vllm@0.27"},
                        {"max_model_len", 8192},
                        {"gpu_memory_utilization", 0.97}};
  const Estimate answer = vllm_answer(request);
  CHECK(log_of(answer).verdict == VllmVerdict::kOverruns);
  CHECK(answer.fit->verdict != Verdict::kTooBig);
  CHECK(answer.warnings.size() == 1);
  Json eager = request;
  eager["enforce_eager"] = true;
  CHECK(log_of(vllm_answer(eager)).verdict == VllmVerdict::kStarts);
}

TEST_CASE("combinations that vLLM refuses are refused for its reasons") {
  const auto reason = [](Json request) {
    request["device"] = "h100-sxm";
    const Estimate answer = vllm_answer(std::move(request));
    CHECK(log_of(answer).verdict == VllmVerdict::kRefuses);
    return log_of(answer).reason;
  };
  CHECK_THAT(reason({{"model", "Qwen/Qwen3-14B"}, {"tensor_parallel_size", 3}}), Contains("40 attention heads"));
  CHECK_THAT(reason({{"model", "Qwen/Qwen3-14B"}, {"max_model_len", 1 << 20}}), Contains("configuration allows"));
  CHECK_THAT(reason({{"model", "Qwen/Qwen3-14B"}, {"max_num_seqs", 512}, {"max_num_batched_tokens", 256}}),
             Contains("less than"));
  CHECK_THAT(reason({{"model", "LiquidAI/LFM2-1.2B"}, {"pipeline_parallel_size", 32}}), Contains("stages"));
  CHECK_THAT(reason({{"model", "Qwen/Qwen3-30B-A3B"}, {"quantization", "AWQ"}, {"tensor_parallel_size", 8}}),
             Contains("groups of 128"));
}

TEST_CASE("the longest max_model_len that is found starts, and one block more does not") {
  const Json request = {{"model", "Qwen/Qwen3-14B"}, {"device", "rtx-5090"}, {"max_num_seqs", 8}};
  Json automatic = request;
  automatic["max_model_len"] = "auto";
  const Estimate answer = vllm_answer(automatic);
  CHECK(log_of(answer).verdict == VllmVerdict::kStarts);
  CHECK(answer.request.context < Tokens(40960));
  Json longer = request;
  longer["max_model_len"] = answer.request.context.count() + 16;
  CHECK(log_of(vllm_answer(longer)).verdict != VllmVerdict::kStarts);
}

TEST_CASE("versions differ in their share, in graphs and in what they call tokens") {
  const auto of = [](const char* runtime) {
    return vllm_answer(
        {{"runtime", runtime}, {"model", "LiquidAI/LFM2-1.2B"}, {"device", "h100-sxm"}, {"max_model_len", 32768}});
  };
  const Estimate now = of("vllm"), then = of("vllm@0.20");
  CHECK(log_of(now).version == "0.30");
  CHECK(log_of(of("vllm 0.28.1")).version == "0.28");
  CHECK(log_of(then).requested < log_of(now).requested);
  const std::int64_t groups = log_of(then).cache_groups;
  CHECK(log_of(then).kv_cache_tokens == log_of(then).blocks / groups * log_of(then).block_size);
  CHECK(log_of(now).kv_cache_tokens == static_cast<std::int64_t>(log_of(now).maximum_concurrency * 32768));
  CHECK_THROWS_WITH(of("vllm@0.5"), Contains("0.6 to 0.30"));
}

TEST_CASE("without a device vLLM says what it needs and no verdict") {
  const Estimate answer = vllm_answer({{"model", "LiquidAI/LFM2-1.2B"}, {"max_model_len", 4096}});
  CHECK_FALSE(log_of(answer).verdict);
  CHECK_FALSE(answer.fit);
  CHECK(log_of(answer).maximum_concurrency == 1);
  CHECK(log_of(answer).needed == log_of(answer).requested);
}

TEST_CASE("hostile numbers are refused in words, never a crash") {
  const auto rejects = [](const char* key, Json value) {
    Json request = {{"model", "LiquidAI/LFM2-1.2B"}, {"device", "h100-sxm"}};
    request[key] = std::move(value);
    CAPTURE(key);
    CHECK_THROWS_AS(vllm_answer(request), Error);
  };
  rejects("tensor_parallel_size", 0);
  rejects("tensor_parallel_size", std::int64_t{1} << 62);
  rejects("data_parallel_size", 65);
  rejects("gpu_memory_utilization", 2.0);
  rejects("gpu_memory_utilization", -0.5);
  rejects("max_model_len", 0);
  rejects("max_model_len", std::int64_t{1} << 62);
  rejects("max_num_seqs", 0);
  rejects("max_num_seqs", std::int64_t{1} << 40);
  rejects("max_num_batched_tokens", -1);
  rejects("block_size", 0);
  rejects("max_lora_rank", std::int64_t{1} << 40);
  rejects("quantization", "Q4_K_M");
  rejects("backend", "vulkan");
  const auto survives = [](const char* key, Json value) {
    Json request = {{"model", "LiquidAI/LFM2-1.2B"}, {"device", "h100-sxm"}};
    request[key] = std::move(value);
    CHECK_NOTHROW(vllm_answer(request));
  };
  survives("device_bytes", INT64_MAX);
  survives("device_bytes", 0);
  survives("kv_cache_memory_bytes", INT64_MAX);
  survives("kv_cache_memory_bytes", 0);
  survives("max_model_len", std::int64_t{1} << 31);
  survives("block_size", 1 << 20);
}

TEST_CASE("what an answer of vLLM says was asked asks the same again") {
  for (const Json& request :
       {Json{{"model", "LiquidAI/LFM2-1.2B"}, {"device", "h100-sxm"}},
        Json{{"model", "Qwen/Qwen3-14B"}, {"device", "2x rtx-4090"}, {"tensor_parallel_size", 2}},
        Json{{"model", "openai/gpt-oss-20b"}, {"device", "rtx-5090"}, {"max_model_len", "auto"}}}) {
    const Question question = vllm_question(request);
    const Estimate answer = estimate(question);
    const Estimate again = estimate(ask::question_of(asked_of(question, answer), test::finder()));
    CHECK(log_of(again).kv_cache_tokens == log_of(answer).kv_cache_tokens);
    CHECK(again.request.context == answer.request.context);
  }
}
