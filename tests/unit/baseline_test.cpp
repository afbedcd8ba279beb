#include "lfmfit/baseline.hpp"

#include "catch.hpp"

using namespace lfmfit;
using namespace lfmfit::literals;
using Catch::Matchers::Contains;

namespace {

constexpr Bytes kNeeded = 4_GB;

/// A contract of one case, and what it came to.
struct Compared {
  Contract contract;
  ContractResult result;

  explicit Compared(CaseState state, Bytes required = kNeeded, double decode = 50) {
    contract.cases.resize(1);
    contract.cases[0].id = "chat";
    CaseFigures figures;
    figures.required = required;
    figures.decode = SpeedEstimate{};
    figures.decode->value = TokenRate(decode);
    result = {&contract, {{&contract.cases[0], state, {}, figures, "", {}, ""}}, {}};
    if (state == CaseState::kFail)
      result.cases[0].findings.push_back({Rule::kFits, Outcome::kFails, required, true, {}, {}});
  }
  Compared(const Compared&) = delete;

  const CaseResult& compared(const BaselineCase& then, const std::string& version = "1") {
    compare(result, {"1", {{"chat", then}}}, version);
    return result.cases[0];
  }
};

BaselineCase was(CaseState state, Bytes required = kNeeded, double decode = 50) {
  return {state, required, TokenRate(decode), {}, {}, {}};
}

}  // namespace

TEST_CASE("what failed before is known, what fails now fails") {
  CHECK(Compared(CaseState::kFail).compared(was(CaseState::kFail)).state == CaseState::kKnown);
  CHECK(Compared(CaseState::kFail).compared(was(CaseState::kError)).state == CaseState::kKnown);
  CHECK(Compared(CaseState::kFail).compared(was(CaseState::kPass)).state == CaseState::kFail);
}

TEST_CASE("memory is worse by more than 1 % and more than 64 MiB, both") {
  const auto state = [](Bytes now, Bytes then) {
    return Compared(CaseState::kPass, now).compared(was(CaseState::kPass, then)).state;
  };
  CHECK(state(kNeeded + 60_MiB, kNeeded) == CaseState::kPass);
  CHECK(state(kNeeded + 70_MiB, kNeeded) == CaseState::kFail);
  CHECK(state(10 * kNeeded + 70_MiB, 10 * kNeeded) == CaseState::kPass);
  CHECK(state(10 * kNeeded + 500_MiB, 10 * kNeeded) == CaseState::kFail);
  CHECK(state(kNeeded - 500_MiB, kNeeded) == CaseState::kPass);
}

TEST_CASE("decode is worse by more than 5 % and more than 1 token/s, both") {
  const auto state = [](double now, double then) {
    return Compared(CaseState::kPass, kNeeded, now).compared(was(CaseState::kPass, kNeeded, then)).state;
  };
  CHECK(state(96, 100) == CaseState::kPass);
  CHECK(state(94, 100) == CaseState::kFail);
  CHECK(state(9.1, 10) == CaseState::kPass);
  CHECK(state(110, 100) == CaseState::kPass);
}

TEST_CASE("a regression says what it was and whether the rules changed") {
  Compared scene(CaseState::kPass, kNeeded + 200_MiB);
  const CaseResult& result = scene.compared(was(CaseState::kPass), "2");
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].rule == Rule::kMoreMemory);
  CHECK(std::get<Bytes>(result.findings[0].limit) == kNeeded);
  CHECK_THAT(result.note, Contains("1 -> 2"));
}

TEST_CASE("what was mended and what is gone is told") {
  CHECK_THAT(Compared(CaseState::kPass).compared(was(CaseState::kFail)).note, Contains("mended"));
  Compared scene(CaseState::kPass);
  compare(scene.result, {"1", {{"old", was(CaseState::kPass)}}}, "1");
  REQUIRE(scene.result.notes.size() == 1);
  CHECK_THAT(scene.result.notes[0], Contains("old"));
}

TEST_CASE("a baseline is what the contract came to, and compares with itself as no worse") {
  Compared scene(CaseState::kFail);
  const Baseline baseline = baseline_of(scene.result, "1");
  CHECK(baseline.cases.at("chat").state == CaseState::kFail);
  CHECK(baseline.cases.at("chat").required == kNeeded);
  compare(scene.result, baseline, "1");
  CHECK(scene.result.cases[0].state == CaseState::kKnown);
  CHECK(baseline_of(scene.result, "1").cases.at("chat").state == CaseState::kFail);
}

TEST_CASE("a context is compared only where it is the longest that fits") {
  for (const bool open : {false, true}) {
    Compared scene(CaseState::kPass);
    if (open) scene.contract.cases[0].asked.context_each = std::string("fit");
    scene.result.cases[0].figures->context = 1000_tokens;
    BaselineCase then = was(CaseState::kPass);
    then.context = 2000_tokens;
    CHECK(scene.compared(then).state == (open ? CaseState::kFail : CaseState::kPass));
  }
}
