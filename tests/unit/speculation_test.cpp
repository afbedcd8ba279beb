#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/release.hpp"
#include "support/scene.hpp"

// What drafting tokens ahead takes besides.
namespace lfmfit {

using test::question_about, test::shipped;

namespace {

using Catch::Matchers::Contains;

double mib(Bytes bytes) { return static_cast<double>(bytes.count()) / (1 << 20); }

Question qwen(std::int64_t draft_tokens) {
  Question question = question_about("Qwen/Qwen3.5-27B");
  question.request.context = Tokens(8192);
  question.request.parallel = 4;
  question.request.kv_unified = true;
  question.request.drafting = draft_tokens > 0 ? Drafting::kMtp : Drafting::kNone;
  question.request.draft_tokens = draft_tokens;
  return question;
}

}  // namespace

// 598.50 MiB without; 1795.50, 4788 and 7780.50 with 2, 7 and 12 tokens, by logs
TEST_CASE("A recurrent state is kept for each token that is drafted ahead") {
  for (const std::int64_t tokens : {0, 2, 7, 12}) {
    const MemoryLedger memory = estimate(qwen(tokens)).memory;
    CHECK(mib(memory.sum(MemoryUse::kState, 0)) == Approx(598.5 * static_cast<double>(1 + tokens)).epsilon(1e-3));
  }
}

// 32 MiB of cache at 8,192 tokens, and 227.9 MiB of weights at Q4_K_M
TEST_CASE("The layer that predicts further tokens has weights, a cache and a compute buffer of its own") {
  const MemoryLedger plain = estimate(qwen(0)).memory, memory = estimate(qwen(2)).memory;
  const auto more = [&](MemoryUse use, int place) { return mib(memory.sum(use, place) - plain.sum(use, place)); };
  CHECK(more(MemoryUse::kKvCache, 0) == 32);
  CHECK(more(MemoryUse::kWeights, 0) == Approx(227.9).epsilon(0.1));
  CHECK(more(MemoryUse::kCompute, 0) == Approx(130).epsilon(0.1));
  CHECK(more(MemoryUse::kWeights, kHost) == 0);
}

TEST_CASE("A model that drafts takes what it takes alone, but the driver's share") {
  Question question = question_about("Qwen/Qwen3-8B"), draft = question_about("Qwen/Qwen3-0.6B");
  const Bytes alone = estimate(question).memory.total(0);
  const MemoryLedger small = estimate(draft).memory;
  question.request.drafting = Drafting::kModel;
  question.request.draft_tokens = 3;
  question.draft_model = draft.model;
  question.draft_quantization = draft.quantization;
  const MemoryLedger both = estimate(question).memory;
  CHECK(both.sum(MemoryUse::kWeights, 0) -
            estimate(question_about("Qwen/Qwen3-8B")).memory.sum(MemoryUse::kWeights, 0) ==
        small.sum(MemoryUse::kWeights, 0));
  CHECK(both.total(0) - alone >= small.total(0) - small.sum(MemoryUse::kDriver, 0));
}

TEST_CASE("What cannot draft is refused") {
  Question question = question_about("LiquidAI/LFM2-1.2B");
  question.request.drafting = Drafting::kMtp;
  question.request.draft_tokens = 2;
  CHECK_THROWS_WITH(estimate(question), Contains("predicts further tokens"));
  question.request.drafting = Drafting::kModel;
  CHECK_THROWS_WITH(estimate(question), Contains("-md"));
}

// Logs of b9849: 130.02 MiB, and 520.06 with -ub 2048
TEST_CASE("The layer that predicts further tokens shows its hidden states in builds that show no others") {
  for (const std::int64_t ubatch : {512, 2048}) {
    Question question = qwen(2);
    question.backend = &shipped().backend("vulkan");
    question.request.release = &release_called("llama.cpp@b9849");
    question.request.ubatch = question.request.batch = ubatch;
    const MemoryLedger with = estimate(question).memory;
    question.request.drafting = Drafting::kNone;  // and still the states of a draft
    const Bytes draft = with.sum(MemoryUse::kCompute, 0) - estimate(question).memory.sum(MemoryUse::kCompute, 0);
    CHECK(mib(draft) == Approx(ubatch == 512 ? 130.02 : 520.06).margin(0.006));
  }
}

// common_params_speculative::need_n_rs_seq
TEST_CASE("A model that drafts needs no states that can be taken back") {
  Question question = qwen(2), draft = question_about("Qwen/Qwen3-0.6B");
  question.request.drafting = Drafting::kModel;
  question.draft_model = draft.model;
  question.draft_quantization = draft.quantization;
  const MemoryLedger memory = estimate(question).memory;
  CHECK(mib(memory.sum(MemoryUse::kState, 0)) == Approx(598.5).epsilon(1e-3));
}

// What v0.5.0 plans on Vulkan, asked for states of a draft and nothing else (n_rs_seq).
TEST_CASE("A delta net's graph holds the states that a draft may take back, to the byte") {
  struct Planned {
    std::int64_t states, sequences, ubatch, layers, gpu, host;
  };
  for (const Planned& planned :
       {Planned{0, 1, 512, -1, 84951072, 16795776}, Planned{2, 1, 512, -1, 84951072, 16795776},
        Planned{6, 1, 512, -1, 91340832, 16795776}, Planned{2, 4, 512, -1, 110510144, 16795776},
        Planned{2, 1, 128, -1, 27627552, 4199040}, Planned{2, 4, 512, 38, 274726912, 64111232},
        Planned{4, 1, 512, 20, 309329920, 96968832}}) {
    CAPTURE(planned.states, planned.sequences, planned.ubatch, planned.layers);
    Question question = question_about("Qwen/Qwen3.5-35B-A3B");
    question.backend = &shipped().backend("vulkan");
    Request& request = question.request;
    request.release = &release_called("llama.cpp@0.5");
    request.context = Tokens(8192);
    request.parallel = planned.sequences;
    request.kv_unified = planned.sequences > 1;
    request.ubatch = planned.ubatch;
    request.gpu_layers = planned.layers;
    request.draft_tokens = planned.states;
    if (planned.states == 6) request.outputs = 1;
    if (planned.states == 2 && planned.sequences == 1) request.outputs = 1;
    const MemoryLedger memory = estimate(question).memory;
    CHECK(memory.sum(MemoryUse::kCompute, 0).count() == planned.gpu);
    CHECK(memory.sum(MemoryUse::kCompute, kHost).count() == planned.host);
  }
}

}  // namespace lfmfit
