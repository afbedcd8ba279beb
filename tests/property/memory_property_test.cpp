#include "catch.hpp"
#include "support/scene.hpp"

// More context or larger micro-batches need more memory, but for one rule.
namespace lfmfit {

namespace {

struct Case {
  const char* model;
  const char* backend;
  FlashAttention attention;
};

std::int64_t most_heads(const Model& model) {
  std::int64_t heads = 0;
  for (const Block& block : model.blocks) {
    if (const auto* attention = std::get_if<Attention>(&block.mixer)) heads = std::max(heads, attention->n_head);
  }
  return heads;
}

/// Whether attention's scores are larger than any tensor that the backend's operations take: then they lie in host
/// memory, and so do those that follow.
bool moves_scores(const Question& question) {
  const Bytes largest = question.backend->traits.largest_tensor;
  const std::int64_t scores =
      4 * question.request.context.count() * question.request.ubatch * most_heads(*question.model);
  return question.request.flash_attention == FlashAttention::kOff && largest > Bytes() && Bytes(scores) > largest;
}

/// Asks for each of `requests`, which grow, and compares each with the one before.
void check_growth(const Case& here, const std::vector<Request>& requests) {
  Question question = test::question_about(here.model);
  question.backend = &test::shipped().backend(here.backend);
  const int place = question.backend->is_cpu ? kHost : 0;
  std::optional<MemoryLedger> before;
  for (const Request& request : requests) {
    question.request = request;
    question.request.flash_attention = here.attention;
    if (question.backend->is_cpu) question.request.gpu_count = 0;
    const MemoryLedger memory = estimate(question).memory;
    INFO(here.model << " on " << here.backend << ", " << request.context.count() << " tokens by " << request.ubatch);
    if (before) {
      CHECK(memory.sum(MemoryUse::kCompute, kHost) >= before->sum(MemoryUse::kCompute, kHost));
      if (!moves_scores(question)) CHECK(memory.total(place) >= before->total(place));
    }
    before = memory;
  }
}

std::vector<Request> growing(std::initializer_list<std::int64_t> contexts,
                             std::initializer_list<std::int64_t> ubatches) {
  std::vector<Request> requests;
  for (const std::int64_t context : contexts) {
    for (const std::int64_t ubatch : ubatches) {
      Request& request = requests.emplace_back();
      request.context = Tokens(context);
      request.ubatch = ubatch;
    }
  }
  return requests;
}

}  // namespace

TEST_CASE("Larger contexts and micro-batches need no less, unless scores outgrow what a backend takes") {
  for (const char* model : {"LiquidAI/LFM2-1.2B", "LiquidAI/LFM2-8B-A1B", "Qwen/Qwen3-8B", "openai/gpt-oss-20b"}) {
    for (const char* backend : {"cuda", "rocm", "vulkan", "cpu"}) {
      for (const FlashAttention attention : {FlashAttention::kAuto, FlashAttention::kOff}) {
        const Case here{model, backend, attention};
        check_growth(here, growing({1024, 4096, 16384, 65536}, {512}));
        check_growth(here, growing({16384}, {64, 256, 512, 1024, 2048}));
      }
    }
  }
}

TEST_CASE("Scores that Vulkan takes in no operation lie in host memory, so that the GPU needs less") {
  Question question = test::question_about("LiquidAI/LFM2-1.2B");
  question.backend = &test::shipped().backend("vulkan");
  question.request.flash_attention = FlashAttention::kOff;
  question.request.context = Tokens(32768);
  REQUIRE_FALSE(moves_scores(question));
  const MemoryLedger smaller = estimate(question).memory;
  question.request.context = Tokens(65536);
  REQUIRE(moves_scores(question));
  const MemoryLedger larger = estimate(question).memory;
  CHECK(larger.sum(MemoryUse::kCompute, 0) < smaller.sum(MemoryUse::kCompute, 0));
  CHECK(larger.sum(MemoryUse::kCompute, kHost) >
        smaller.sum(MemoryUse::kCompute, kHost) + Bytes(std::int64_t{4} << 30));
}

}  // namespace lfmfit
