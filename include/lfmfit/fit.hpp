// The verdict. That a model does not fit is an answer, never an Error.
#pragma once

#include "lfmfit/device.hpp"
#include "lfmfit/memory.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// How comfortably a model fits, best first. From the upper bound of the ledger against the usable memory.
enum class Verdict { kRunsGreat, kRunsWell, kTight, kPartial, kTooBig };

/// "runs great", "runs well", "tight", "partial", "too big".
const char* name_of(Verdict verdict);

/// Whether a ledger fits into memory of `usable` bytes per GPU (or pool).
struct Fit {
  Verdict verdict = Verdict::kTooBig;
  Bytes usable;
  Bytes required;  ///< the upper bound at the tightest place
  Bytes headroom;  ///< usable - required; negative: what is missing
};

/// The highest upper bound with which a model has `verdict` (great, well or tight) in `usable` bytes: 75, 90 and 100 %.
Bytes most_for(Verdict verdict, Bytes usable);

/// Great up to 75 % of `usable`, well up to 90 %, tight up to 100 %, else too big.
Fit judge(const MemoryLedger& ledger, Bytes usable);

}  // namespace lfmfit
