#include "catch.hpp"
#include "support/scene.hpp"

// The driver's share of memory as a sum: context, kernels, cuBLAS, pool.
namespace lfmfit {

using test::question_about, test::shipped;

namespace {

constexpr std::int64_t kMiB = 1 << 20;

const Backend& cuda() { return shipped().backend("cuda"); }

std::int64_t part(const MemoryLedger& memory, DriverPart part) { return memory.sum(part, 0).count(); }

MemoryLedger memory_of(Question question) {
  question.request.release = &release_called("llama.cpp@0.5");
  return estimate(question).memory;
}

}  // namespace

TEST_CASE("A context reserves 2 KiB for each thread that the multiprocessors can hold") {
  const auto context = [](const char* id) {
    return driver_terms(cuda(), &shipped().device(id), {}).front().value.count();
  };
  CHECK(context("h100-sxm") == 132 * 2048 * 2048LL + 6 * kMiB);
  CHECK(context("rtx-3060-12gb") == 28 * 1536 * 2048LL + 6 * kMiB);
  CHECK(context("a100-sxm-80gb") == 108 * 2048 * 2048LL + 6 * kMiB);
  CHECK(context("t4") == 40 * 1024 * 2048LL + 6 * kMiB);
}

TEST_CASE("The parts of the driver's share add up to it, and none is told where nothing is known of them") {
  const MemoryLedger memory = memory_of(question_about("LiquidAI/LFM2-1.2B", "h100-sxm"));
  const std::int64_t parts = part(memory, DriverPart::kContext) + part(memory, DriverPart::kKernels) +
                             part(memory, DriverPart::kBlas) + part(memory, DriverPart::kPool);
  CHECK(memory.sum(MemoryUse::kDriver, 0).count() == parts);
  CHECK_FALSE(memory.has(DriverPart::kWhole, 0));
  const MemoryLedger other = memory_of(question_about("LiquidAI/LFM2-1.2B", "rx-7900-xtx"));
  CHECK(other.has(DriverPart::kWhole, 0));
  CHECK_FALSE(other.has(DriverPart::kContext, 0));
}

TEST_CASE("cuBLAS is counted for weights of 16 bits, routers, scans, and attention without its kernel") {
  const auto loads = [](const char* model, const char* quantization, FlashAttention attention) {
    Question question = question_about(model, "h100-sxm");
    question.quantization = &shipped().quantization(quantization);
    question.request.flash_attention = attention;
    return memory_of(question).has(DriverPart::kBlas, 0);
  };
  CHECK_FALSE(loads("LiquidAI/LFM2-1.2B", "Q4_K_M", FlashAttention::kAuto));
  CHECK(loads("LiquidAI/LFM2-1.2B", "F16", FlashAttention::kAuto));
  CHECK(loads("LiquidAI/LFM2-1.2B", "Q4_K_M", FlashAttention::kOff));
  CHECK(loads("LiquidAI/LFM2-8B-A1B", "Q4_K_M", FlashAttention::kAuto));
  CHECK(loads("state-spaces/mamba2-2.7b", "Q4_K_M", FlashAttention::kAuto));
}

TEST_CASE("Products of BF16 write their results where they belong, of F16 into the pool first") {
  const auto pool = [](const char* quantization) {
    Question question = question_about("meta-llama/Llama-3.2-1B-Instruct", "h100-sxm");
    question.quantization = &shipped().quantization(quantization);
    return part(memory_of(question), DriverPart::kPool);
  };
  CHECK(pool("F16") - pool("BF16") == 2 * 512 * 2048);
}

TEST_CASE("Micro-batches of up to 128 tokens are scanned without cuBLAS") {
  Question question = question_about("tiiuae/Falcon-H1-1.5B-Instruct", "h100-sxm");
  question.request.ubatch = 128;
  CHECK_FALSE(memory_of(question).has(DriverPart::kBlas, 0));
  question.request.ubatch = 129;
  CHECK(memory_of(question).has(DriverPart::kBlas, 0));
}

TEST_CASE("Attention whose caches are kept from the GPU keeps nothing there") {
  Question question = question_about("meta-llama/Llama-3.2-1B-Instruct", "h100-sxm");
  question.request.flash_attention = FlashAttention::kOff;
  question.request.offload_kqv = false;
  CHECK_FALSE(memory_of(question).has(DriverPart::kBlas, 0));
}

TEST_CASE("Without flash attention the pool keeps the probabilities of all heads") {
  Question question = question_about("LiquidAI/LFM2-1.2B", "h100-sxm");
  question.request.flash_attention = FlashAttention::kOff;
  question.request.context = Tokens(32768);
  const std::int64_t tiles = bytes_of_tiles(question.device).count();
  CHECK(part(memory_of(question), DriverPart::kPool) == 32768LL * 512 * 32 * 2 + tiles);
}

TEST_CASE("A process takes what was measured on a H100, within 3 %, and never more than the upper bound") {
  struct Measured {
    const char* model;
    const char* quantization;
    std::int64_t context, ubatch, mib;
  };
  // single processes, or the first contexts of one; driver 580, llama.cpp v0.5.0
  for (const Measured& row : {Measured{"LiquidAI/LFM2-1.2B", "Q4_K_M", 4096, 512, 1417},
                              Measured{"LiquidAI/LFM2-1.2B", "Q4_K_M", 128000, 512, 2989},
                              Measured{"LiquidAI/LFM2-1.2B", "Q4_K_M", 8192, 2048, 1667},
                              Measured{"LiquidAI/LFM2-1.2B", "F16", 4096, 512, 3049},
                              Measured{"LiquidAI/LFM2-8B-A1B", "Q4_K_M", 32768, 512, 6031},
                              Measured{"meta-llama/Llama-3.1-8B-Instruct", "Q4_K_M", 8192, 2048, 6529},
                              Measured{"meta-llama/Llama-3.1-8B-Instruct", "Q8_0", 4096, 512, 8885},
                              Measured{"state-spaces/mamba2-2.7b", "Q4_K_M", 16384, 512, 2505}}) {
    Question question = question_about(row.model, "h100-sxm");
    question.quantization = &shipped().quantization(row.quantization);
    question.request.context = Tokens(row.context);
    question.request.ubatch = row.ubatch;
    const MemoryLedger memory = memory_of(question);
    INFO(row.model << " " << row.quantization << " " << row.context);
    const double measured = static_cast<double>(row.mib * kMiB);
    CHECK(static_cast<double>(memory.total(0).count()) == Approx(measured).epsilon(0.03));
    CHECK(static_cast<double>(memory.total_high(0).count()) >= measured);
  }
}

}  // namespace lfmfit
