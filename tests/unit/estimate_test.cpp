#include "lfmfit/estimate.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/scene.hpp"

using namespace lfmfit;
using test::question_about;

TEST_CASE("LFM2 1.2B RAG at its full context takes the bytes that llama.cpp allocates") {
  Question question = question_about("LiquidAI/LFM2-1.2B-RAG");
  question.request.context = Tokens(128000);
  question.request.release = &release_called("llama.cpp@0.5");
  const Estimate answer = estimate(question);
  CHECK(answer.memory.sum(MemoryUse::kWeights, 0) == Bytes(728'509'440));
  CHECK(answer.memory.sum(MemoryUse::kKvCache, 0) == Bytes(1'572'864'000));
  CHECK(answer.memory.sum(MemoryUse::kState, 0) == Bytes(163'840));
  CHECK(answer.memory.sum(MemoryUse::kCompute, 0) == Bytes(189'819'136));
  CHECK(answer.tensor_bytes == Bytes(728'509'440));
  CHECK(answer.bits_per_weight == Approx(4.98).margin(0.005));
  CHECK_FALSE(answer.fit);
  CHECK_FALSE(answer.speed);
}

TEST_CASE("a device adds a verdict and a speed") {
  const Estimate answer = estimate(question_about("LiquidAI/LFM2-1.2B-RAG", "rtx-4090"));
  REQUIRE(answer.fit);
  CHECK(answer.fit->verdict == Verdict::kRunsGreat);
  CHECK(answer.fit->usable == test::shipped().device("rtx-4090").usable);
  CHECK(answer.fit->required == answer.memory.total_high(0));
  REQUIRE(answer.speed);
  CHECK(answer.speed->decode.low <= answer.speed->decode.value);
  CHECK(answer.speed->decode.value <= answer.speed->decode.high);
  CHECK(answer.speed->prefill);
}

TEST_CASE("speeds are told up to the usable memory, of a machine with one pool up to all of it") {
  Question question = question_about("LiquidAI/LFM2-1.2B-RAG", "rtx-4090");
  Device device = *question.device;
  device.usable = Bytes(1'000'000'000);
  question.device = &device;
  CHECK(speed_limit(device, device.usable) == device.usable);
  CHECK(estimate(question).fit->verdict == Verdict::kTooBig);
  CHECK_FALSE(estimate(question).speed);
  device.device_class = DeviceClass::kUnified;
  CHECK(speed_limit(device, device.usable) == device.memory);
  CHECK(speed_limit(device, device.memory + Bytes(1)) == device.memory + Bytes(1));
  CHECK(estimate(question).fit->verdict == Verdict::kTooBig);
  CHECK(estimate(question).speed);
}

TEST_CASE("the driver's share can be given") {
  Question question = question_about("LiquidAI/LFM2-1.2B");
  question.driver_share = Bytes(12345);
  const MemoryLedger ledger = estimate(question).memory;
  CHECK(ledger.sum(MemoryUse::kDriver, 0) == Bytes(12345));
  CHECK(ledger.total_high(0) == ledger.total_low(0));
}

TEST_CASE("the longest context is the last that fits, a step more does not") {
  Question question = question_about("meta-llama/Llama-3.1-8B-Instruct");
  question.longest_context = true;
  question.available = Bytes(8'000'000'000);
  const Estimate answer = estimate(question);
  CHECK(answer.request.context.count() % 256 == 0);
  CHECK(answer.fit->verdict == Verdict::kTight);
  question.longest_context = false;
  question.request.context = answer.request.context + Tokens(256);
  CHECK(estimate(question).fit->verdict == Verdict::kTooBig);
}

TEST_CASE("the longest context is never more than the model can use") {
  Question question = question_about("LiquidAI/LFM2-1.2B", "rtx-4090");
  question.longest_context = true;
  CHECK(estimate(question).request.context == question.model->context_limit);
}

TEST_CASE("where nothing fits, the longest context is the shortest step, and too big") {
  Question question = question_about("LiquidAI/LFM2-1.2B");
  question.longest_context = true;
  question.available = Bytes(1'000'000);
  const Estimate answer = estimate(question);
  CHECK(answer.request.context == Tokens(256));
  CHECK(answer.fit->verdict == Verdict::kTooBig);
}

TEST_CASE("the longest context without any memory to fit is a bad request") {
  Question question = question_about("LiquidAI/LFM2-1.2B");
  question.longest_context = true;
  CHECK_THROWS_AS(estimate(question), Error);
}

TEST_CASE("the page method answers in the same form") {
  Question question = question_about("LiquidAI/LFM2-1.2B-RAG", "rtx-4090");
  question.law = &law_called("page");
  question.request.context = Tokens(128000);
  const Estimate answer = estimate(question);
  CHECK(in_gb(answer.memory.total(0)) == Approx(5.2).margin(0.05));
  CHECK(answer.speed->decode.value.value() == Approx(601).margin(0.5));
  CHECK_FALSE(answer.speed->prefill);
}

TEST_CASE("a verdict's limit is the highest requirement that has it") {
  for (const std::int64_t usable : {1'000'000'007LL, 12'884'901'888LL, 3LL}) {
    for (const Verdict verdict : {Verdict::kRunsGreat, Verdict::kRunsWell, Verdict::kTight}) {
      const Bytes most = most_for(verdict, Bytes(usable));
      MemoryLedger ledger;
      ledger.terms.push_back({MemoryUse::kWeights, 0, most, most, most, "", ""});
      CHECK(judge(ledger, {{Bytes(usable)}, {}, {}}).verdict <= verdict);
      ledger.terms.push_back({MemoryUse::kWeights, 0, Bytes(1), Bytes(1), Bytes(1), "", ""});
      CHECK(judge(ledger, {{Bytes(usable)}, {}, {}}).verdict > verdict);
    }
  }
}
