#include <fmt/format.h>

#include <algorithm>

#include "core/speed/gpu_part.hpp"
#include "core/speed/laws.hpp"
#include "core/speed/ledger.hpp"
#include "core/speed/position_load.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/speed.hpp"

namespace lfmfit {

using namespace speed;

namespace {

/// The CPU's constants, whichever CPU it is.
const SpeedRow& host_row(const SpeedLaw& law) { return speed_row(law, "cpu", Device{}); }

/// One decode step, term by term.
class Step {
 public:
  Step(const Workload& workload, const SpeedTarget& target, std::int64_t sequences)
      : workload_(workload),
        target_(target),
        constants_(target.constants),
        sequences_(sequences),
        parts_(gpu_parts(workload, target, constants_.decode)),
        ledger_(target.explain) {
    if (shares_layers(target)) keep_slowest();
  }

  SpeedEstimate estimate();
  /// Tokens per second.
  double rate();

 private:
  void keep_slowest();
  void add_place(const GpuPart& part, bool host);
  void add_further_requests(const GpuPart& part);
  void add_exchanges();
  double fastest() const;

  const Workload& workload_;
  const SpeedTarget& target_;
  const SpeedConstants& constants_;
  std::int64_t sequences_;
  std::vector<GpuPart> parts_;  ///< one after the other
  TimeLedger ledger_;
};

/// GPUs that share each layer wait for the slowest; alike ones read and compute as one that is as many times faster.
void Step::keep_slowest() {
  if (parts_.size() == 1) {
    parts_[0].rates.bandwidth = parts_[0].rates.bandwidth * static_cast<double>(target_.gpu_count);
    parts_[0].rates.compute = parts_[0].rates.compute * static_cast<double>(target_.gpu_count);
    return;
  }
  const auto time = [this](const GpuPart& part) {
    return seconds(part.row->coefficients,
                   decode_amounts(*part.load, workload_.depth, sequences_, part.rates, constants_));
  };
  parts_ = {*std::max_element(parts_.begin(), parts_.end(),
                              [&](const GpuPart& a, const GpuPart& b) { return time(a) < time(b); })};
}

void Step::add_place(const GpuPart& part, bool host) {
  const PlaceLoad& place = *part.load;
  const Rates& rates = part.rates;
  const SpeedRow& row = *part.row;
  const Coefficients amounts = decode_amounts(place, workload_.depth, sequences_, rates, constants_);
  const Coefficients& c = row.coefficients;
  const auto add_read = [&](const char* name, std::size_t i) {
    ledger_.add(name, c[i] * amounts[i], &row, [&] {
      return fmt::format("{} x {:.4g} / {}{}", bytes_text(amounts[i] * rates.bandwidth.value()), c[i],
                         text(rates.bandwidth), part.label);
    });
  };
  add_read(host ? "host weights" : "weights", 0);
  add_read(host ? "host experts" : "experts", 1);
  ledger_.add("launches", c[2] * amounts[2], &row,
              [&] { return fmt::format("{:.0f} kernels x {:.4g} us{}", place.launches, c[2], part.label); });
  add_read(host ? "host KV cache" : "KV cache", 3);
  ledger_.add(host ? "host compute" : "compute", c[4] * amounts[4], &row, [&] {
    return fmt::format("{} x {:.4g} / {}{}", operations_text(amounts[4] * rates.compute.value()), c[4],
                       text(rates.compute), part.label);
  });
}

/// Tokens beyond the first of a step are multiplied by the kernels of prefill, as well filled as those of a prompt.
void Step::add_further_requests(const GpuPart& part) {
  if (sequences_ == 1) return;
  const SpeedRow& row = speed_row(constants_.prefill, target_.backend.name, *part.gpu);
  const PlaceLoad& place = *part.load;
  const double expert_parameters =
      expert_products(place, constants_.prefill_tokens) / static_cast<double>(constants_.prefill_tokens);
  const double operations =
      2 * (place.dense_parameters * row.coefficients[0] + expert_parameters * row.coefficients[1]);
  const auto further = static_cast<double>(sequences_ - 1);
  ledger_.add("further requests", further * operations / part.rates.compute.value(), &row, [&] {
    return fmt::format("{} x {} / {}{}", sequences_ - 1, operations_text(operations), text(part.rates.compute),
                       part.label);
  });
}

void Step::add_exchanges() {
  const SpeedAssumptions& assumed = constants_.assumptions;
  const auto add = [&](const char* name, std::int64_t count, Seconds each) {
    ledger_.add(name, static_cast<double>(count) * each.value(), nullptr,
                [&] { return fmt::format("{} x {:.4g} us", count, each.value() * 1e6); });
  };
  add("crossings to the host", workload_.crossings, assumed.host_sync);
  if (target_.gpu_count < 2) return;
  if (shares_layers(target_)) {
    add("exchanges between GPUs", 2 * workload_.layers, assumed.gpu_sync);
  } else {
    add("hops between GPUs", target_.gpu_count - 1, assumed.gpu_hop);
  }
}

/// The time of a step that does nothing but read at the peak bandwidth.
double Step::fastest() const {
  const auto reading = [this](const PlaceLoad& place, const Rates& rates) {
    const double caches = static_cast<double>(sequences_) * (cache_bytes(place, workload_.depth) + place.state_bytes);
    return (place.dense_bytes + touched_expert_bytes(place, sequences_) + caches) / rates.bandwidth.value();
  };
  double time = reading(workload_.host, host_rates(target_));
  for (const GpuPart& part : parts_) time = reading(*part.load, part.rates) + time;
  return time;
}

double Step::rate() {
  for (const GpuPart& part : parts_) add_place(part, false);
  if (!workload_.host.empty())
    add_place({&workload_.host, nullptr, host_rates(target_), &host_row(constants_.decode), {}}, true);
  for (const GpuPart& part : parts_) add_further_requests(part);
  add_exchanges();
  return static_cast<double>(sequences_) / ledger_.total();
}

SpeedEstimate Step::estimate() {
  SpeedEstimate estimate;
  estimate.value = TokenRate(rate());
  estimate.time = Seconds(ledger_.total());
  const Basis basis = basis_of(workload_, target_, constants_.decode, parts_,
                               {!workload_.host.empty(), sequences_ > 1, shares_layers(target_)});
  estimate.low = estimate.value * basis.low;
  estimate.high = std::min(estimate.value * basis.high, TokenRate(static_cast<double>(sequences_) / fastest()));
  estimate.terms = ledger_.take();
  estimate.measured = basis.measured;
  estimate.basis = basis.text;
  return estimate;
}

void require_decodable(const Workload& workload, std::int64_t sequences) {
  if (!workload.generates) throw Error(ErrorKind::kUnsupported, "an encoder generates no tokens; ask for prefill only");
  if (sequences < 1) throw Error(ErrorKind::kBadRequest, "parallel must be at least 1");
}

}  // namespace

SpeedEstimate estimate_decode(const Workload& workload, const SpeedTarget& target, std::int64_t sequences) {
  require_decodable(workload, sequences);
  return Step(workload, target, sequences).estimate();
}

TokenRate decode_rate(const Workload& workload, const SpeedTarget& target, std::int64_t sequences) {
  require_decodable(workload, sequences);
  return TokenRate(Step(workload, target, sequences).rate());
}

}  // namespace lfmfit
