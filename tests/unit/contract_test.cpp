#include "lfmfit/contract.hpp"

#include <algorithm>

#include "catch.hpp"
#include "support/scene.hpp"

using namespace lfmfit;
using namespace lfmfit::literals;

namespace {

Question question_on(const char* device) {
  Question question;
  question.model = &test::shipped().model("lfm2-1.2b");
  question.quantization = &test::shipped().quantization("Q4_K_M");
  question.device = &test::shipped().device(device);
  question.backend = &test::shipped().backend(question.device->backend);
  question.cache = {&test::shipped().tensor_type("f16"), &test::shipped().tensor_type("f16")};
  question.speed_constants = &test::shipped().speed();
  return question;
}

Finding only(const Limits& limits, const Estimate& estimate, SpeedBound bound = SpeedBound::kSure) {
  const Question question = question_on("rtx-4090");
  const std::vector<Finding> findings = judge_limits(limits, bound, question, estimate);
  REQUIRE(findings.size() == 1);
  return findings.front();
}

Estimate answer() { return estimate(question_on("rtx-4090")); }

/// The answer where the card has `usable` bytes.
Estimate answer_with(Bytes usable) {
  Question question = question_on("rtx-4090");
  question.available = usable;
  question.request.gpu_layers = -1;
  return estimate(question);
}

Limits at_least(TokenRate rate) {
  Limits limits;
  limits.min_decode = rate;
  return limits;
}

Limits must_fit(bool wanted) {
  Limits limits;
  limits.fits = wanted;
  return limits;
}

}  // namespace

TEST_CASE("a speed is judged by the low edge of its band, and in the band it is unsure") {
  const Estimate estimate = answer();
  const SpeedEstimate& decode = estimate.speed->decode;
  REQUIRE(decode.low < decode.high);
  CHECK(only(at_least(decode.low), estimate).outcome == Outcome::kHolds);
  CHECK(only(at_least(decode.low + TokenRate(0.1)), estimate).outcome == Outcome::kUnsure);
  CHECK(only(at_least(decode.high), estimate).outcome == Outcome::kUnsure);
  CHECK(only(at_least(decode.high + TokenRate(0.1)), estimate).outcome == Outcome::kFails);
}

TEST_CASE("the middle of the band decides where that is asked for, and nothing is unsure") {
  const Estimate estimate = answer();
  const TokenRate middle = estimate.speed->decode.value;
  CHECK(only(at_least(middle), estimate, SpeedBound::kTypical).outcome == Outcome::kHolds);
  CHECK(only(at_least(middle + TokenRate(0.1)), estimate, SpeedBound::kTypical).outcome == Outcome::kFails);
}

TEST_CASE("memory fits by its upper bound, does not fit by its lower, and is unsure between") {
  const Estimate estimate = answer();
  const Bytes high = estimate.memory.total_high(0), low = estimate.memory.total_low(0);
  REQUIRE(low < high);
  CHECK(only(must_fit(true), answer_with(high)).outcome == Outcome::kHolds);
  CHECK(only(must_fit(true), answer_with(high - 1_B)).outcome == Outcome::kUnsure);
  CHECK(only(must_fit(true), answer_with(low)).outcome == Outcome::kUnsure);
  CHECK(only(must_fit(true), answer_with(low - 1_B)).outcome == Outcome::kFails);
  CHECK(only(must_fit(false), answer_with(low - 1_B)).outcome == Outcome::kHolds);
  CHECK(only(must_fit(false), answer_with(high)).outcome == Outcome::kFails);
}

TEST_CASE("headroom is what is left of what is usable, in bytes or as a share of it") {
  const Estimate estimate = answer_with(answer().memory.total_high(0) * 2);
  Limits limits;
  limits.headroom = SizeOrShare{{}, 0.5};
  CHECK(only(limits, estimate).outcome == Outcome::kHolds);
  limits.headroom = SizeOrShare{estimate.fit->headroom, std::nullopt};
  CHECK(only(limits, estimate).outcome == Outcome::kHolds);
  limits.headroom = SizeOrShare{estimate.fit->usable, std::nullopt};
  CHECK(only(limits, estimate).outcome == Outcome::kFails);
}

TEST_CASE("a file, a peak of memory and a verdict are limits too") {
  const Estimate estimate = answer();
  Limits limits;
  limits.max_file = estimate.file_bytes;
  CHECK(only(limits, estimate).outcome == Outcome::kHolds);
  limits.max_file = estimate.file_bytes - 1_B;
  CHECK(only(limits, estimate).outcome == Outcome::kFails);
  limits = {};
  limits.max_memory = estimate.memory.total_high(0);
  CHECK(only(limits, estimate).outcome == Outcome::kHolds);
  limits.max_memory = estimate.memory.total_low(0) - 1_B;
  CHECK(only(limits, estimate).outcome == Outcome::kFails);
  limits = {};
  limits.max_host_memory = estimate.memory.total_high(kHost);
  CHECK(only(limits, estimate).outcome == Outcome::kHolds);
  limits.max_host_memory = estimate.memory.total_low(kHost) - 1_B;
  CHECK(only(limits, estimate).outcome == Outcome::kFails);
  limits = {};
  limits.verdict = Verdict::kRunsGreat;
  CHECK(only(limits, estimate).outcome == Outcome::kHolds);
  CHECK(only(limits, answer_with(estimate.memory.total_high(0))).outcome == Outcome::kFails);
}

TEST_CASE("a speed of what does not fit fails, and is no error") {
  const Estimate estimate = answer_with(100_MiB);
  const Finding finding = only(at_least(TokenRate(1)), estimate);
  CHECK(finding.outcome == Outcome::kFails);
  CHECK(std::holds_alternative<std::monostate>(finding.found));
}

TEST_CASE("what each user gets while all generate is a share of all") {
  Question question = question_on("rtx-4090");
  question.request.parallel = 4;
  const Estimate estimate = lfmfit::estimate(question);
  REQUIRE(estimate.speed->throughput);
  Limits limits;
  limits.min_decode_each = TokenRate(1);
  const auto findings = judge_limits(limits, SpeedBound::kTypical, question, estimate);
  CHECK(std::get<TokenRate>(findings.front().found).value() == Approx(estimate.speed->throughput->value.value() / 4));
}

TEST_CASE("what is unsure fails and what is unmeasured passes, unless the contract says otherwise") {
  const Finding unsure{Rule::kMinDecode, Outcome::kUnsure, {}, {}, {}, {}};
  const Finding unmeasured{Rule::kMinDecode, Outcome::kUnmeasured, {}, {}, {}, {}};
  CHECK(state_of({unsure}, Level::kError, {}) == CaseState::kFail);
  CHECK(state_of({unmeasured}, Level::kError, {}) == CaseState::kPass);
  for (const Finding& finding : {unsure, unmeasured}) {
    CHECK(state_of({finding}, Level::kError, WhenUnsure::kFail) == CaseState::kFail);
    CHECK(state_of({finding}, Level::kError, WhenUnsure::kWarn) == CaseState::kWarn);
    CHECK(state_of({finding}, Level::kError, WhenUnsure::kPass) == CaseState::kPass);
    CHECK(state_of({finding}, Level::kWarn, WhenUnsure::kFail) == CaseState::kWarn);
  }
}

TEST_CASE("the worst finding decides, and what cannot be answered is an error at any level") {
  const Finding holds{Rule::kFits, Outcome::kHolds, {}, {}, {}, {}};
  const Finding fails{Rule::kFits, Outcome::kFails, {}, {}, {}, {}};
  const Finding unknown{Rule::kMinDecode, Outcome::kUnknown, {}, {}, {}, {}};
  CHECK(state_of({holds}, Level::kError, {}) == CaseState::kPass);
  CHECK(state_of({holds, fails}, Level::kError, {}) == CaseState::kFail);
  CHECK(state_of({fails, holds}, Level::kWarn, {}) == CaseState::kWarn);
  CHECK(state_of({holds, unknown}, Level::kWarn, {}) == CaseState::kError);
}
