#include "lfmfit/fit.hpp"

namespace lfmfit {

namespace {
constexpr double kGreat = 0.75, kWell = 0.90;  // shares of the usable memory
}

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kRunsGreat: return "runs great";
    case Verdict::kRunsWell: return "runs well";
    case Verdict::kTight: return "tight";
    case Verdict::kPartial: return "partial";
    case Verdict::kTooBig: return "too big";
  }
  return "";
}

Bytes most_for(Verdict verdict, Bytes usable) {
  const double share = verdict == Verdict::kRunsGreat ? kGreat : verdict == Verdict::kRunsWell ? kWell : 1.0;
  return share < 1 ? Bytes(static_cast<std::int64_t>(static_cast<double>(usable.count()) * share)) : usable;
}

Fit judge(const MemoryLedger& ledger, Bytes usable) {
  Fit fit;
  fit.usable = usable;
  fit.required = ledger.total_high(ledger.tightest_place());
  fit.headroom = usable - fit.required;
  for (const Verdict verdict : {Verdict::kTight, Verdict::kRunsWell, Verdict::kRunsGreat}) {
    if (fit.required <= most_for(verdict, usable)) fit.verdict = verdict;
  }
  return fit;
}

}  // namespace lfmfit
