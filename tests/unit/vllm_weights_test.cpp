#include "ask/asked_json.hpp"
#include "catch.hpp"
#include "core/vllm/weights.hpp"
#include "support/reader_facts.hpp"

using namespace lfmfit;

namespace {

std::vector<vllm::Weights> loaded(nlohmann::ordered_json request) {
  request["runtime"] = "vllm";
  const Question question = ask::question_of(ask::read_asked(request), test::finder());
  return vllm::weights_of(question, stored_tensors(question), vllm::settings_of(question));
}

double gib(nlohmann::ordered_json request) { return in_gib(loaded(std::move(request)).front().total()); }

}  // namespace

TEST_CASE("BF16 weights are two bytes a parameter and the cache of positions") {
  const vllm::Weights llama = loaded({{"model", "meta-llama/Llama-3.1-8B-Instruct"}}).front();
  CHECK(llama.tensors == Bytes(2 * 8'030'261'248));
  CHECK(llama.ropes == Bytes(131'072 * 128 * 2));
  CHECK_FALSE(llama.quantized);
}

TEST_CASE("quantized weights are those that logs say") {
  CHECK(gib({{"model", "Qwen/Qwen2.5-7B-Instruct"}, {"quantization", "AWQ"}}) == Approx(5.29).margin(0.01));
  CHECK(gib({{"model", "openai/gpt-oss-20b"}, {"device", "h100-sxm"}}) == Approx(13.47).epsilon(0.01));
  CHECK(gib({{"model", "openai/gpt-oss-120b"}, {"device", "h100-sxm"}}) == Approx(64.38).epsilon(0.01));
}

TEST_CASE("gpt-oss is loaded as it is published, padded as the GPU's kernels want it") {
  const nlohmann::ordered_json hopper = {{"model", "openai/gpt-oss-20b"}, {"device", "h100-sxm"}};
  const nlohmann::ordered_json ada = {{"model", "openai/gpt-oss-20b"}, {"device", "rtx-4090"}};
  CHECK(loaded(hopper).front().quantized);
  CHECK(gib(ada) > gib(hopper));
}

TEST_CASE("every form is smaller than BF16 and none is smaller than its bits") {
  const double plain = gib({{"model", "Qwen/Qwen3-32B"}});
  for (const char* form : {"FP8", "AWQ", "GPTQ", "NVFP4", "NF4"}) {
    CAPTURE(form);
    const double size = gib({{"model", "Qwen/Qwen3-32B"}, {"quantization", form}});
    CHECK(size < 0.56 * plain);
    CHECK(size > 0.25 * plain);
  }
  CHECK(gib({{"model", "Qwen/Qwen3-32B"}, {"quantization", "MXFP4"}}) == plain);  // it has no experts
}

TEST_CASE("GPUs share matrices and vocabulary, and each has all norms") {
  const nlohmann::ordered_json one = {{"model", "Qwen/Qwen3-32B"}};
  const nlohmann::ordered_json two = {{"model", "Qwen/Qwen3-32B"}, {"tensor_parallel_size", 2}};
  const std::int64_t whole = loaded(one).front().tensors.count(), half = loaded(two).front().tensors.count();
  CHECK(2 * half > whole);
  CHECK(2 * half - whole < whole / 1000);
}

TEST_CASE("KV heads that are fewer than GPUs lie on several of them") {
  const auto tensors = [](int gpus) {
    return loaded({{"model", "Qwen/Qwen3-30B-A3B"}, {"tensor_parallel_size", gpus}}).front().tensors.count();
  };
  const std::int64_t keys_and_values = 48LL * 2 * 2048 * 128 * 2;  // of one head in each layer
  CHECK(8 * tensors(8) - 4 * tensors(4) > 4 * keys_and_values);
}

TEST_CASE("with expert parallel each GPU has its experts whole") {
  const auto tensors = [](bool whole) {
    return loaded({{"model", "Qwen/Qwen3-30B-A3B"},
                   {"tensor_parallel_size", 2},
                   {"data_parallel_size", 2},
                   {"enable_expert_parallel", whole}})
        .front()
        .tensors.count();
  };
  const std::int64_t experts = 48LL * 128 * 3 * 2048 * 768 * 2;
  CHECK(tensors(false) - tensors(true) == experts / 2 - experts / 4);
}

TEST_CASE("the first stage of a pipeline has the embedding, the last the output layer") {
  const std::vector<vllm::Weights> stages = loaded({{"model", "Qwen/Qwen3-14B"}, {"pipeline_parallel_size", 4}});
  REQUIRE(stages.size() == 4);
  const std::int64_t vocabulary = 151'936LL * 5120 * 2;
  CHECK(stages[0].tensors - stages[1].tensors == Bytes(vocabulary));
  CHECK(stages[3].tensors - stages[1].tensors == Bytes(vocabulary + 5120 * 2));
}

TEST_CASE("slots for adapters are paid for whether used or not") {
  const vllm::Weights without = loaded({{"model", "Qwen/Qwen3-14B"}}).front();
  const vllm::Weights with = loaded({{"model", "Qwen/Qwen3-14B"}, {"max_loras", 2}, {"max_lora_rank", 64}}).front();
  CHECK(without.adapters == Bytes(0));
  const std::int64_t sides = 2 * (5120 + 5120) + 2 * (5120 + 1024) + 3 * (5120 + 17408);
  CHECK(with.adapters == Bytes(40 * sides * 2 * 64 * 2));
}

TEST_CASE("parts that see are loaded beside the language part") {
  CHECK(loaded({{"model", "google/gemma-3-27b-it"}}).front().tower == Bytes(2 * 423'060'336));
  CHECK(loaded({{"model", "google/gemma-3-1b-it"}}).front().tower == Bytes(0));
}
