// Whether what a model needs is there: each GPU, host memory, or the one pool of a unified machine, judged together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/memory.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// From best to worst. partial: layers, experts or caches lie in host memory, and every place holds its part.
enum class Verdict { kRunsGreat, kRunsWell, kTight, kPartial, kTooBig };

/// "runs great", "runs well", "tight", "partial", "too big".
const char* name_of(Verdict verdict);

/// The place that GPU and host parts of a unified machine share.
constexpr int kPool = -2;

/// What one process can use of each place. What is unset is not known.
struct Capacity {
  std::vector<Bytes> gpus;    ///< each GPU; empty: there is none, and the host is what computes
  std::optional<Bytes> host;  ///< memory beside GPUs, or all there is without one
  std::optional<Bytes> pool;  ///< of a unified machine, what GPU and host parts may take together
};

/// One place, and what is needed of it.
struct PlaceFit {
  int place = 0;                ///< number of the GPU, kHost or kPool
  Bytes required;               ///< the upper bound
  std::optional<Bytes> usable;  ///< unset: not known

  bool holds() const { return !usable || required <= *usable; }
};

/// "gpu0", "host", "memory" (kPool).
std::string name_of_place(int place);

/// What is asked of memory nobody said the size of, and that may be taken to be there all the same.
constexpr Bytes kUsualHostMemory{4'000'000'000};

/// A setting of a unified machine's system with which the GPU may use enough of the pool (MemoryKnob).
struct RaisedLimit {
  std::string setting;                 ///< "iogpu.wired_limit_mb"
  std::int64_t value = 0;              ///< in the setting's own unit
  std::string how;                     ///< the command or the place, with that value in it
  Bytes usable;                        ///< what the GPU may use then
  Bytes leaves;                        ///< of the pool to the system and everything else
  Verdict verdict = Verdict::kTooBig;  ///< then, with all layers on the GPU unless the request says otherwise
};

/// Whether a ledger fits.
struct Fit {
  Verdict verdict = Verdict::kTooBig;
  Bytes usable;                  ///< of the tightest place
  Bytes required;                ///< the upper bound there
  Bytes headroom;                ///< usable - required; negative: what is missing
  int place = 0;                 ///< the tightest: that which lacks most, else that which is fullest
  std::vector<PlaceFit> places;  ///< GPUs, then the host or the pool
  /// What is needed of host memory that is not known and more than kUsualHostMemory: then the verdict is a condition.
  std::optional<Bytes> host_wanted;
  std::optional<RaisedLimit> raised;  ///< what would make the verdict better; judge() leaves it unset
};

/// Whether it fits without a condition: every place holds its part, and none of them is unknown.
bool fits(const Fit& fit);

/// The highest upper bound with which a model has `verdict` (great, well or tight) in `usable` bytes: 75, 90 and 100 %.
Bytes most_for(Verdict verdict, Bytes usable);

/// Too big where a place lacks memory; else partial where parts lie in host memory beside GPUs; else by the fullest GPU
/// or pool: great up to 75 % of what is usable, well up to 90 %, tight up to 100 %.
Fit judge(const MemoryLedger& ledger, const Capacity& capacity);

}  // namespace lfmfit
