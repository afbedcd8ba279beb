#include "lfmfit/fit.hpp"

#include "catch.hpp"

namespace {

using namespace lfmfit;

/// A GPU on which a model takes between `low` and `high` bytes.
MemoryLedger taking(std::int64_t low, std::int64_t high) {
  MemoryLedger ledger;
  ledger.terms.push_back({MemoryUse::kWeights, 0, Bytes((low + high) / 2), Bytes(low), Bytes(high), "", ""});
  return ledger;
}

Verdict verdict_for(std::int64_t required) { return judge(taking(0, required), Bytes(1000)).verdict; }

TEST_CASE("Up to 75 % of the memory a model runs great, up to 90 % well, up to all of it it is tight") {
  CHECK(verdict_for(0) == Verdict::kRunsGreat);
  CHECK(verdict_for(750) == Verdict::kRunsGreat);
  CHECK(verdict_for(751) == Verdict::kRunsWell);
  CHECK(verdict_for(900) == Verdict::kRunsWell);
  CHECK(verdict_for(901) == Verdict::kTight);
  CHECK(verdict_for(1000) == Verdict::kTight);
  CHECK(verdict_for(1001) == Verdict::kTooBig);
}

TEST_CASE("The limits of verdicts are shares of the usable memory, rounded down") {
  CHECK(most_for(Verdict::kRunsGreat, Bytes(1000)) == Bytes(750));
  CHECK(most_for(Verdict::kRunsWell, Bytes(1000)) == Bytes(900));
  CHECK(most_for(Verdict::kTight, Bytes(1000)) == Bytes(1000));
  CHECK(most_for(Verdict::kRunsGreat, Bytes(7)) == Bytes(5));
  CHECK(most_for(Verdict::kRunsWell, Bytes(7)) == Bytes(6));
}

TEST_CASE("The verdict goes by the upper bound, and what is left or missing too") {
  const Fit fits = judge(taking(100, 700), Bytes(1000));
  CHECK(fits.usable == Bytes(1000));
  CHECK(fits.required == Bytes(700));
  CHECK(fits.headroom == Bytes(300));
  CHECK(judge(taking(100, 1200), Bytes(1000)).headroom == Bytes(-200));
}

TEST_CASE("Of several GPUs the fullest decides") {
  MemoryLedger ledger = taking(0, 100);
  ledger.gpu_count = 3;
  ledger.terms.push_back({MemoryUse::kWeights, 1, Bytes(950), Bytes(950), Bytes(950), "", ""});
  ledger.terms.push_back({MemoryUse::kWeights, 2, Bytes(500), Bytes(500), Bytes(500), "", ""});
  CHECK(judge(ledger, Bytes(1000)).required == Bytes(950));
  CHECK(judge(ledger, Bytes(1000)).verdict == Verdict::kTight);
}

TEST_CASE("Verdicts have names") {
  CHECK(std::string(name_of(Verdict::kRunsGreat)) == "runs great");
  CHECK(std::string(name_of(Verdict::kRunsWell)) == "runs well");
  CHECK(std::string(name_of(Verdict::kTight)) == "tight");
  CHECK(std::string(name_of(Verdict::kPartial)) == "partial");
  CHECK(std::string(name_of(Verdict::kTooBig)) == "too big");
}

}  // namespace
