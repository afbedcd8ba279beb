#include <string>

#include "catch.hpp"
#include "lfmfit/estimate.hpp"
#include "support/scene.hpp"

using namespace lfmfit;
using test::question_about, test::shipped;

// llama.cpp v0.5.0 with its cache kept in host memory, on an H100 SXM in a virtual machine whose 16 cores copy 104
// GB/s.
TEST_CASE("Decoding with the cache in host memory is as fast as it was measured, inside its band") {
  struct Measured {
    const char* model;
    const char* quantization;
    FlashAttention flash_attention;
    std::int64_t depth;
    double tokens_a_second;
  };
  constexpr auto kAuto = FlashAttention::kAuto, kOff = FlashAttention::kOff;
  for (const Measured& row : {Measured{"Qwen/Qwen2.5-7B-Instruct", "Q8_0", kAuto, 64, 135.9},
                              Measured{"Qwen/Qwen2.5-7B-Instruct", "Q8_0", kAuto, 2048, 39.6},
                              Measured{"Qwen/Qwen2.5-7B-Instruct", "Q8_0", kAuto, 8192, 13.4},
                              Measured{"meta-llama/Llama-3.2-1B-Instruct", "F16", kAuto, 64, 318.0},
                              Measured{"meta-llama/Llama-3.2-1B-Instruct", "F16", kAuto, 8192, 24.3},
                              Measured{"meta-llama/Llama-3.2-1B-Instruct", "F16", kOff, 8192, 26.6},
                              Measured{"meta-llama/Llama-3.1-8B-Instruct", "Q4_K_M", kAuto, 64, 93.0},
                              Measured{"meta-llama/Llama-3.1-8B-Instruct", "Q4_K_M", kAuto, 8192, 7.26},
                              Measured{"google/gemma-3-4b-it", "Q4_K_M", kAuto, 64, 110.3},
                              Measured{"google/gemma-3-4b-it", "Q4_K_M", kAuto, 8192, 18.9},
                              Measured{"LiquidAI/LFM2-2.6B", "Q4_K_M", kAuto, 64, 70.8},
                              Measured{"LiquidAI/LFM2-2.6B", "Q4_K_M", kAuto, 8192, 13.8}}) {
    Question question = question_about(row.model, "h100-sxm");
    question.quantization = &shipped().quantization(row.quantization);
    question.request.release = &release_called("llama.cpp@0.5");
    question.request.context = Tokens(16384);
    question.request.depth = Tokens(row.depth);
    question.request.flash_attention = row.flash_attention;
    question.request.offload_kqv = false;
    question.request.threads = 8;
    question.ram_bandwidth = gb_per_second(104);
    const Estimate answer = estimate(question);
    INFO(row.model << " behind " << row.depth);
    REQUIRE(answer.speed);
    CHECK(answer.speed->decode.value.value() == Approx(row.tokens_a_second).epsilon(0.3));
    CHECK(answer.speed->decode.low.value() <= row.tokens_a_second);
    CHECK(answer.speed->decode.high.value() >= row.tokens_a_second);
  }
}
