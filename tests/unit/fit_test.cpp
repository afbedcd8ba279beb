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

/// `gpus` GPUs of 1,000 bytes.
Capacity thousand(std::size_t gpus = 1) { return {std::vector<Bytes>(gpus, Bytes(1000)), {}, {}}; }

Verdict verdict_for(std::int64_t required) { return judge(taking(0, required), thousand()).verdict; }

void put(MemoryLedger& ledger, int place, std::int64_t bytes) {
  ledger.terms.push_back({MemoryUse::kWeights, place, Bytes(bytes), Bytes(bytes), Bytes(bytes), "", ""});
}

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
  const Fit fits = judge(taking(100, 700), thousand());
  CHECK(fits.usable == Bytes(1000));
  CHECK(fits.required == Bytes(700));
  CHECK(fits.headroom == Bytes(300));
  CHECK(judge(taking(100, 1200), thousand()).headroom == Bytes(-200));
}

TEST_CASE("Of several GPUs the fullest decides") {
  MemoryLedger ledger = taking(0, 100);
  ledger.gpu_count = 3;
  ledger.terms.push_back({MemoryUse::kWeights, 1, Bytes(950), Bytes(950), Bytes(950), "", ""});
  ledger.terms.push_back({MemoryUse::kWeights, 2, Bytes(500), Bytes(500), Bytes(500), "", ""});
  CHECK(judge(ledger, thousand(3)).required == Bytes(950));
  CHECK(judge(ledger, thousand(3)).verdict == Verdict::kTight);
}

TEST_CASE("Verdicts have names") {
  CHECK(std::string(name_of(Verdict::kRunsGreat)) == "runs great");
  CHECK(std::string(name_of(Verdict::kRunsWell)) == "runs well");
  CHECK(std::string(name_of(Verdict::kTight)) == "tight");
  CHECK(std::string(name_of(Verdict::kPartial)) == "partial");
  CHECK(std::string(name_of(Verdict::kTooBig)) == "too big");
}

TEST_CASE("Of GPUs that differ the one that is fullest for its size decides") {
  MemoryLedger ledger = taking(0, 800);
  ledger.gpu_count = 2;
  put(ledger, 1, 400);
  const Fit fit = judge(ledger, {{Bytes(1000), Bytes(410)}, {}, {}});
  CHECK(fit.place == 1);
  CHECK(fit.verdict == Verdict::kTight);
  CHECK(fit.headroom == Bytes(10));
  CHECK(judge(ledger, {{Bytes(1000), Bytes(399)}, {}, {}}).verdict == Verdict::kTooBig);
}

TEST_CASE("Host memory that is known must hold its part, too, and does not make a model great") {
  MemoryLedger ledger = taking(0, 500);
  put(ledger, kHost, 300);
  CHECK(judge(ledger, {{Bytes(1000)}, Bytes(310), {}}).verdict == Verdict::kRunsGreat);
  const Fit lacks = judge(ledger, {{Bytes(1000)}, Bytes(299), {}});
  CHECK(lacks.verdict == Verdict::kTooBig);
  CHECK(lacks.place == kHost);
  CHECK(lacks.headroom == Bytes(-1));
}

TEST_CASE("With parts in host memory the verdict is partial while every place holds its own") {
  MemoryLedger ledger = taking(0, 500);
  ledger.beside_gpus = true;
  put(ledger, kHost, 300);
  CHECK(judge(ledger, {{Bytes(1000)}, Bytes(1000), {}}).verdict == Verdict::kPartial);
  CHECK(judge(ledger, {{Bytes(1000)}, Bytes(200), {}}).verdict == Verdict::kTooBig);
  CHECK(judge(ledger, {{Bytes(400)}, Bytes(1000), {}}).verdict == Verdict::kTooBig);
}

TEST_CASE("Host memory nobody knows is a condition from 4 GB on") {
  MemoryLedger ledger = taking(0, 500);
  ledger.beside_gpus = true;
  put(ledger, kHost, 3'999'999'999);
  CHECK(fits(judge(ledger, thousand())));
  put(ledger, kHost, 1);
  const Fit fit = judge(ledger, thousand());
  CHECK(fit.host_wanted == Bytes(4'000'000'000));
  CHECK(fit.verdict == Verdict::kPartial);
  CHECK_FALSE(fits(fit));
  CHECK(fits(judge(ledger, {{Bytes(1000)}, Bytes(5'000'000'000), {}})));
}

TEST_CASE("In one pool GPU and host parts share the memory, and what is mapped twice counts once") {
  MemoryLedger ledger = taking(0, 500);
  put(ledger, kHost, 400);
  const Capacity pool{{Bytes(700)}, {}, Bytes(1000)};
  CHECK(judge(ledger, pool).place == kPool);
  CHECK(judge(ledger, pool).verdict == Verdict::kRunsWell);
  put(ledger, kHost, 101);
  CHECK(judge(ledger, pool).verdict == Verdict::kTooBig);
  ledger.mapped_twice = Bytes(1);
  CHECK(judge(ledger, pool).verdict == Verdict::kTight);
}

TEST_CASE("Places have names") {
  CHECK(name_of_place(0) == "gpu0");
  CHECK(name_of_place(11) == "gpu11");
  CHECK(name_of_place(kHost) == "host");
  CHECK(name_of_place(kPool) == "memory");
}

}  // namespace
