#include <fmt/format.h>

#include <algorithm>

#include "core/llamacpp/placement.hpp"
#include "core/speed/basis.hpp"
#include "core/speed/host_time.hpp"
#include "core/speed/ledger.hpp"
#include "core/speed/product_time.hpp"
#include "core/speed/workers.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/speed.hpp"

namespace lfmfit {

using namespace speed;

namespace {

/// One token of each of `requests` requests.
Columns columns_of(const Workload& workload, std::int64_t requests) {
  Columns columns;
  columns.tokens = columns.requests = columns.rows = static_cast<double>(requests);
  columns.unified = workload.kv_unified && requests > 1;
  columns.cells = static_cast<double>(workload.depth) * (columns.unified ? columns.requests : 1);
  columns.mask_cells = static_cast<double>(round_up(static_cast<std::int64_t>(columns.cells) + 1, kCellStep));
  columns.flash_attention = workload.flash_attention;
  columns.quantized_cache = workload.quantized_cache;
  return columns;
}

/// One decode step, term by term.
class Step {
 public:
  Step(const Workload& workload, const SpeedTarget& target, const Workers& workers, std::int64_t sequences)
      : workload_(workload),
        target_(target),
        sequences_(sequences),
        question_(sequences > 1 ? SpeedQuestion::kThroughput : SpeedQuestion::kDecode),
        parts_(workers.parts),
        processor_(workers.processor) {}

  SpeedEstimate estimate() const;
  /// The time of a step, in which requests are neither faster each, nor slower in all, than fewer of them.
  TimeLedger time() const;

 private:
  TimeLedger time_of(std::int64_t requests) const;
  void add_exchanges(TimeLedger& ledger) const;
  double fastest() const;

  const Workload& workload_;
  const SpeedTarget& target_;
  std::int64_t sequences_;
  SpeedQuestion question_;
  const std::vector<GpuPart>& parts_;
  const Cores& processor_;
};

TimeLedger Step::time_of(std::int64_t requests) const {
  const Columns columns = columns_of(workload_, requests);
  TimeLedger ledger(target_.explain, question_);
  if (target_.backend.is_cpu) {
    ledger.add(pass_time(workload_.device, columns, processor_, target_.constants), *processor_.row, "");
    return ledger;
  }
  const std::vector<GpuPart> parts = shares_layers(target_) ? slowest_part(parts_, columns, target_) : parts_;
  for (const GpuPart& part : parts)
    ledger.add(pass_time(*part.load, columns, part.card, target_.constants), *part.card.row, part.label);
  add_host(workload_, columns, target_, parts.front().card, 1, ledger);
  add_exchanges(ledger);
  return ledger;
}

TimeLedger Step::time() const {
  if (sequences_ == 1) return time_of(1);
  const auto requests = static_cast<double>(sequences_);
  std::vector<double> steps =
      target_.backend.is_cpu ? std::vector<double>{1} : column_steps(requests, parts_.front().card);
  steps.push_back(requests);
  TimeLedger ledger(target_.explain, question_);
  double longest = 0, best = 0;  // of fewer requests: time, and rate of all
  for (const double step : steps) {
    ledger = time_of(static_cast<std::int64_t>(step));
    if (ledger.total() < longest) ledger.scale(longest / ledger.total());
    if (step < best * ledger.total()) ledger.scale(step / best / ledger.total());
    longest = std::max(longest, ledger.total());
    best = std::max(best, step / ledger.total());
  }
  return ledger;
}

void Step::add_exchanges(TimeLedger& ledger) const {
  const SpeedAssumptions& assumed = target_.constants.assumptions;
  const auto add = [&](const char* name, std::int64_t count, Seconds each) {
    ledger.add(name, static_cast<double>(count) * each.value(), nullptr,
               [&] { return fmt::format("{} x {:.4g} us", count, each.value() * 1e6); });
  };
  if (target_.gpu_count < 2) return;
  if (shares_layers(target_)) {
    add("exchanges between GPUs", 2 * workload_.layers, assumed.gpu_sync);
  } else {
    add("hops between GPUs", target_.gpu_count - 1, assumed.gpu_hop);
  }
}

/// The time of a step that does nothing but read at the peak bandwidth.
double Step::fastest() const {
  const Columns columns = columns_of(workload_, sequences_);
  const auto reading = [&](const PlaceLoad& place, double bandwidth) {
    return bytes_read(place, columns, target_.constants) / bandwidth;
  };
  if (target_.backend.is_cpu)
    return reading(workload_.device, target_.host.bandwidth.value_or(target_.device.bandwidth).value());
  double time = workload_.host.empty() ? 0 : reading(workload_.host, host_of(target_).memory.value());
  const double sharers = shares_layers(target_) && parts_.size() == 1 ? target_.gpu_count : 1;
  for (const GpuPart& part : parts_) {
    const double one = reading(*part.load, part.card.bandwidth * sharers);
    time = shares_layers(target_) ? std::max(time, one) : time + one;
  }
  return time;
}

SpeedEstimate Step::estimate() const {
  TimeLedger ledger = time();
  const auto sequences = static_cast<double>(sequences_);
  SpeedEstimate estimate;
  estimate.time = Seconds(ledger.total());
  estimate.value = TokenRate(sequences / ledger.total());
  const Basis basis = target_.backend.is_cpu ? basis_of(question_, workload_, target_, target_.device, *processor_.row)
                                             : basis_of(question_, workload_, target_, parts_);
  estimate.low = estimate.value * basis.low;
  estimate.high = std::max(estimate.value, std::min(estimate.value * basis.high, TokenRate(sequences / fastest())));
  estimate.terms = ledger.take();
  estimate.measured = basis.measured;
  estimate.basis = basis.text;
  return estimate;
}

void require_decodable(const Workload& workload, std::int64_t sequences) {
  if (!workload.generates) throw Error(ErrorKind::kUnsupported, "an encoder generates no tokens; ask for prefill only");
  if (sequences < 1) throw Error(ErrorKind::kBadRequest, "parallel must be at least 1");
}

}  // namespace

SpeedEstimate speed::estimate_decode(const Workload& workload, const SpeedTarget& target, const Workers& workers,
                                     std::int64_t sequences) {
  require_decodable(workload, sequences);
  return Step(workload, target, workers, sequences).estimate();
}

TokenRate speed::decode_rate(const Workload& workload, const SpeedTarget& target, const Workers& workers,
                             std::int64_t sequences) {
  require_decodable(workload, sequences);
  return TokenRate(static_cast<double>(sequences) / Step(workload, target, workers, sequences).time().total());
}

SpeedEstimate estimate_decode(const Workload& workload, const SpeedTarget& target, std::int64_t sequences) {
  require_decodable(workload, sequences);
  return speed::estimate_decode(workload, target, workers_of(workload, target), sequences);
}

TokenRate decode_rate(const Workload& workload, const SpeedTarget& target, std::int64_t sequences) {
  require_decodable(workload, sequences);
  return speed::decode_rate(workload, target, workers_of(workload, target), sequences);
}

}  // namespace lfmfit
