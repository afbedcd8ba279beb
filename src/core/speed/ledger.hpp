#pragma once

#include <string>

#include "core/speed/laws.hpp"

namespace lfmfit {

/// The time ledger of one pass, as it is put together.
class TimeLedger {
 public:
  /// Adds a term unless it takes no time.
  void add(const char* name, double seconds, std::string formula, const std::string& source);

  double total() const { return total_; }
  std::vector<TimeTerm> take() { return std::move(terms_); }

 private:
  std::vector<TimeTerm> terms_;
  double total_ = 0;
};

/// The parts of formulas, with units: "728.5 MB", "1008 GB/s", "2.34 GFLOP", "82.6 TFLOP/s".
std::string bytes_text(double bytes);
std::string text(Bandwidth bandwidth);
std::string operations_text(double operations);
std::string text(ComputeRate rate);

/// "cuda/Ada, 29 measurements".
std::string source_of(const SpeedRow& row);

/// What an estimate rests on, and its band.
struct Basis {
  bool measured = true;
  double low = 1, high = 1;     ///< as shares of the estimate
  std::string text;
};

/// How a workload is run beyond what was measured.
struct Beyond {
  bool host_memory = false;     ///< parts of the model lie on the host
  bool several_requests = false;
  bool shared_layers = false;   ///< several GPUs share each layer
};

Basis basis_of(const Workload& workload, const SpeedTarget& target, const SpeedLaw& law, const SpeedRow& row,
               const Beyond& beyond);

}  // namespace lfmfit
