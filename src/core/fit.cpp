#include "lfmfit/fit.hpp"

namespace lfmfit {

namespace {
constexpr double kGreat = 0.75, kWell = 0.90;
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

Fit judge(const MemoryLedger& ledger, Bytes usable) {
  Fit fit;
  fit.usable = usable;
  fit.required = ledger.total_high(ledger.tightest_place());
  fit.headroom = usable - fit.required;
  const double share = usable > Bytes() ? static_cast<double>(fit.required.count()) / static_cast<double>(usable.count()) : 2.0;
  fit.verdict = share <= kGreat ? Verdict::kRunsGreat : share <= kWell ? Verdict::kRunsWell : share <= 1.0 ? Verdict::kTight : Verdict::kTooBig;
  return fit;
}

}  // namespace lfmfit
