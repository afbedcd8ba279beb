#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/speed/pass.hpp"

namespace lfmfit::speed {

/// "no measurement", "1 measurement", "29 measurements".
std::string measurements_text(int rows);

/// "cuda/Ada, 29 measurements": what stands behind a figure that `question` asks for.
std::string source_of(const SpeedRow& row, SpeedQuestion question);

/// The time ledger of one pass, as it is put together.
class TimeLedger {
 public:
  /// `explains`: keep the terms, not their sum alone. Writing formulas takes longer than all the rest.
  TimeLedger(bool explains, SpeedQuestion question) : explains_(explains), question_(question) {}

  /// Adds a term unless it takes no time. `row`: whose constants it uses; null: an assumption.
  template <class Formula>
  void add(const std::string& name, double seconds, const SpeedRow* row, Formula formula) {
    if (seconds <= 0) return;
    total_ += seconds;
    if (!explains_) return;
    terms_.push_back({name, Seconds(seconds), formula(), row != nullptr ? source_of(*row, question_) : "assumption"});
  }

  /// The parts of passes on one card or CPU. `label`: what formulas call it; `before`: "host ", or nothing.
  void add(const PassTime& time, const SpeedRow& row, const std::string& label, const std::string& before = {});

  /// Takes all terms `times` as long.
  void scale(double times);

  double total() const { return total_; }
  std::vector<TimeTerm> take() { return std::move(terms_); }

 private:
  bool explains_;
  SpeedQuestion question_;
  std::vector<TimeTerm> terms_;
  double total_ = 0;
};

/// The parts of formulas, with units: "728.5 MB", "1008 GB/s", "0.231 ms".
std::string bytes_text(double bytes);
std::string text(Bandwidth bandwidth);
std::string milliseconds_text(double seconds);

}  // namespace lfmfit::speed
