#include "catch.hpp"
#include "support/scene.hpp"

// What Metal maps of the file.
namespace lfmfit {

using test::question_about, test::shipped;

namespace {

MemoryLedger on_a_mac(const char* model, const char* quantization, bool mmap, bool experts_on_host = false) {
  Question question = question_about(model, "apple-mac-studio-m3-ultra-512gb");
  question.quantization = &shipped().quantization(quantization);
  question.request.mmap = mmap;
  question.request.cpu_moe = experts_on_host;
  return estimate(question).memory;
}

double weights(const MemoryLedger& memory, int place) {
  return static_cast<double>(memory.sum(MemoryUse::kWeights, place).count()) / (1 << 20);
}

}  // namespace

// Measured by loads on M3 Max, M5 and iPhone 17 Pro.
TEST_CASE("Metal maps one span of the file, the embedding of a model that does not tie it included") {
  CHECK(weights(on_a_mac("Qwen/Qwen3-14B", "Q4_K_M", true), 0) == Approx(8579.06).margin(0.05));
  CHECK(weights(on_a_mac("Qwen/Qwen3-14B", "Q4_K_M", false), 0) == Approx(8161.75).margin(0.05));
  CHECK(weights(on_a_mac("openai/gpt-oss-20b", "MXFP4_MOE", true), 0) == Approx(11536.18).margin(0.1));
  CHECK(weights(on_a_mac("Qwen/Qwen3-4B", "Q4_K_M", true), 0) == Approx(2375.91).margin(0.05));
}

TEST_CASE("With experts in host memory Metal still maps nearly all of the file, unless it is not to be mapped") {
  CHECK(weights(on_a_mac("openai/gpt-oss-20b", "MXFP4_MOE", true, true), 0) == Approx(11536.18).margin(0.1));
  CHECK(weights(on_a_mac("openai/gpt-oss-20b", "MXFP4_MOE", false, true), 0) < 1300);
}

// As iPhone 17 Pro prints it; the experts and the embedding alone are 10294.
TEST_CASE("The host maps a span too, of which it reads the experts") {
  CHECK(weights(on_a_mac("openai/gpt-oss-20b", "MXFP4_MOE", true, true), kHost) == Approx(10949.33).margin(0.1));
  CHECK(weights(on_a_mac("openai/gpt-oss-20b", "MXFP4_MOE", false, true), kHost) == Approx(10294.17).margin(0.1));
}

TEST_CASE("What both map of a file counts once where they share a pool") {
  const MemoryLedger memory = on_a_mac("openai/gpt-oss-20b", "MXFP4_MOE", true, true);
  CHECK(memory.mapped_twice == memory.sum(MemoryUse::kWeights, kHost));
  CHECK(on_a_mac("openai/gpt-oss-20b", "MXFP4_MOE", false, true).mapped_twice == Bytes(0));
}

TEST_CASE("Elsewhere a mapped file changes no byte") {
  Question question = question_about("openai/gpt-oss-20b", "rtx-4090");
  const Bytes mapped = estimate(question).memory.total(0);
  question.request.mmap = false;
  CHECK(estimate(question).memory.total(0) == mapped);
}

}  // namespace lfmfit
