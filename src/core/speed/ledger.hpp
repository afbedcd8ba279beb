#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/speed/laws.hpp"

namespace lfmfit::speed {

/// "decode/cuda/Ada, 29 measurements".
std::string source_of(const SpeedRow& row);

/// The time ledger of one pass, as it is put together.
class TimeLedger {
 public:
  /// `explains`: keep the terms, not their sum alone. Writing formulas takes longer than all the rest.
  explicit TimeLedger(bool explains) : explains_(explains) {}

  /// Adds a term unless it takes no time. `row`: whose constants it uses; null: an assumption.
  template <class Formula>
  void add(const char* name, double seconds, const SpeedRow* row, Formula formula) {
    if (seconds <= 0) return;
    total_ += seconds;
    if (!explains_) return;
    terms_.push_back({name, Seconds(seconds), formula(), row != nullptr ? source_of(*row) : "assumption"});
  }

  double total() const { return total_; }
  std::vector<TimeTerm> take() { return std::move(terms_); }

 private:
  bool explains_;
  std::vector<TimeTerm> terms_;
  double total_ = 0;
};

/// The parts of formulas, with units: "728.5 MB", "1008 GB/s", "2.34 GFLOP", "82.6 TFLOP/s".
std::string bytes_text(double bytes);
std::string text(Bandwidth bandwidth);
std::string operations_text(double operations);
std::string text(ComputeRate rate);

/// What an estimate rests on, and its band.
struct Basis {
  bool measured = true;
  double low = 1, high = 1;  ///< as shares of the estimate
  std::string text;
};

/// How a workload is run beyond what was measured.
struct Beyond {
  bool host_memory = false;  ///< parts of the model lie on the host
  bool several_requests = false;
  bool shared_layers = false;  ///< several GPUs share each layer
};

/// For the work that `gpu`, of the kind of `row`, does.
Basis basis_of(const Workload& workload, const SpeedTarget& target, const Device& gpu, const SpeedLaw& law,
               const SpeedRow& row, const Beyond& beyond);

}  // namespace lfmfit::speed
