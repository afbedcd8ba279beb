#include <fmt/format.h>

#include <algorithm>

#include "core/speed/attention_time.hpp"
#include "core/speed/basis.hpp"
#include "core/speed/host_time.hpp"
#include "core/speed/ledger.hpp"
#include "core/speed/pipeline.hpp"
#include "core/speed/workers.hpp"
#include "lfmfit/speed.hpp"

namespace lfmfit {

using namespace speed;

namespace {

constexpr std::int64_t kMostAttentions = 32;  // micro-batches whose attention is worked out one by one

/// One prompt behind `depth` tokens in micro-batches, term by term.
class Prompt {
 public:
  Prompt(const Workload& workload, const SpeedTarget& target, const Workers& workers)
      : workload_(workload),
        target_(target),
        batch_(std::min(workload.prompt, workload.ubatch)),
        parts_(workers.parts),
        processor_(workers.processor),
        ledger_(target.explain, SpeedQuestion::kPrefill) {
    if (shares_layers(target)) parts_ = slowest_part(parts_, columns(batch_, batch_), target);
  }

  SpeedEstimate estimate();
  /// Seconds for all of it.
  double time();

 private:
  Columns columns(std::int64_t tokens, std::int64_t done) const;
  template <class Place>
  PassTime sum_over_batches(const PlaceLoad& load, const Place& place) const;
  template <class Place>
  PartTime attention(const PlaceLoad& load, const Place& place) const;

  const Workload& workload_;
  const SpeedTarget& target_;
  std::int64_t batch_;
  std::vector<GpuPart> parts_;  ///< one after the other
  Cores processor_;
  TimeLedger ledger_;
};

/// A micro-batch of `tokens` that ends with the `done`th of the prompt.
Columns Prompt::columns(std::int64_t tokens, std::int64_t done) const {
  Columns columns;
  columns.tokens = static_cast<double>(tokens);
  columns.cells = static_cast<double>(workload_.depth + done);
  columns.rows = done == workload_.prompt ? 1 : 0;
  columns.prompt = true;
  columns.flash_attention = workload_.flash_attention;
  columns.quantized_cache = workload_.quantized_cache;
  columns.first = done == tokens;
  columns.mask_cells = static_cast<double>(workload_.depth) + static_cast<double>(workload_.prompt + batch_) / 2;
  return columns;
}

/// All but attention costs each micro-batch of equally many tokens the same.
template <class Place>
PassTime Prompt::sum_over_batches(const PlaceLoad& load, const Place& place) const {
  const std::int64_t whole = workload_.prompt / batch_, rest = workload_.prompt % batch_;
  const auto one = [&](std::int64_t tokens, std::int64_t done) {
    return pass_time(load, columns(tokens, done), place, target_.constants);
  };
  PassTime sum = one(batch_, batch_);  // the first
  const std::int64_t last = rest > 0 ? 0 : 1;
  if (whole - 1 - last > 0) sum.add(one(batch_, 2 * batch_), static_cast<double>(whole - 1 - last));
  if (whole > 1 && last == 1) sum.add(one(batch_, workload_.prompt));
  if (rest > 0) sum.add(one(rest, workload_.prompt));
  return sum;
}

template <class Place>
PartTime Prompt::attention(const PlaceLoad& load, const Place& place) const {
  PlaceLoad alone;
  alone.attention = load.attention;
  const std::int64_t batches = (workload_.prompt + batch_ - 1) / batch_;
  const std::int64_t stride = (batches + kMostAttentions - 1) / kMostAttentions;
  PassTime sum;
  for (std::int64_t first = 0; first < batches; first += stride) {
    const std::int64_t last = std::min(batches, first + stride);
    const std::int64_t middle = (first + last - 1) / 2;
    const std::int64_t done = std::min(workload_.prompt, (middle + 1) * batch_);
    Columns here = columns(done - middle * batch_, done);
    here.first = false;
    sum.add(pass_time(alone, here, place, target_.constants), static_cast<double>(last - first));
  }
  return sum[PassPart::kAttention];
}

double Prompt::time() {
  const std::int64_t whole = workload_.prompt / batch_, rest = workload_.prompt % batch_;
  const Columns middle = columns(batch_, (workload_.prompt + batch_) / 2);
  const double share = pipelined_share(workload_, target_, middle, static_cast<double>(whole) + (rest > 0 ? 1.0 : 0.0));
  const auto add = [&](const PlaceLoad& load, const auto& place, const SpeedRow& row, const std::string& label) {
    PassTime time = sum_over_batches(load, place);
    time[PassPart::kAttention] = attention(load, place);
    time.scale(share);
    ledger_.add(time, row, label);
  };
  if (target_.backend.is_cpu) {
    add(workload_.device, processor_, *processor_.row, "");
    return ledger_.total();
  }
  const char* together = share < 1 ? ", GPUs side by side" : "";
  for (const GpuPart& part : parts_) add(*part.load, part.card, *part.card.row, part.label + together);
  const Card& card = parts_.front().card;
  add_host(workload_, middle, target_, card, static_cast<double>(whole), ledger_);
  if (rest > 0) add_host(workload_, columns(rest, workload_.prompt), target_, card, 1, ledger_);
  return ledger_.total();
}

SpeedEstimate Prompt::estimate() {
  SpeedEstimate estimate;
  estimate.time = Seconds(time());
  estimate.value = TokenRate(static_cast<double>(workload_.prompt) / estimate.time.value());
  const Basis basis = target_.backend.is_cpu
                          ? basis_of(SpeedQuestion::kPrefill, workload_, target_, target_.device, *processor_.row)
                          : basis_of(SpeedQuestion::kPrefill, workload_, target_, parts_);
  estimate.low = estimate.value * basis.low;
  estimate.high = estimate.value * basis.high;
  estimate.terms = ledger_.take();
  estimate.measured = basis.measured;
  estimate.basis = basis.text;
  return estimate;
}

}  // namespace

SpeedEstimate speed::estimate_prefill(const Workload& workload, const SpeedTarget& target, const Workers& workers) {
  return Prompt(workload, target, workers).estimate();
}

SpeedEstimate estimate_prefill(const Workload& workload, const SpeedTarget& target) {
  return speed::estimate_prefill(workload, target, workers_of(workload, target));
}

Seconds prefill_time(const Workload& workload, const SpeedTarget& target) {
  return Seconds(Prompt(workload, target, workers_of(workload, target)).time());
}

Seconds time_to_first_token(const Workload& workload, const SpeedTarget& target) {
  const Seconds reading = prefill_time(workload, target);
  if (!workload.generates) return reading;
  Workload after = workload;
  after.depth = workload.depth + workload.prompt;
  return reading + Seconds(1 / decode_rate(after, target).value());
}

}  // namespace lfmfit
