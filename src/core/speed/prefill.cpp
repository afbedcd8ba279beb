#include <fmt/format.h>

#include <algorithm>

#include "core/llamacpp/placement.hpp"
#include "core/speed/gpu_part.hpp"
#include "core/speed/laws.hpp"
#include "core/speed/ledger.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/speed.hpp"

namespace lfmfit {

using namespace speed;

namespace {

/// One prompt behind `depth` tokens, computed in `batches` micro-batches, term by term.
class Prompt {
 public:
  Prompt(const Workload& workload, const SpeedTarget& target, std::int64_t depth, std::int64_t tokens)
      : workload_(workload),
        target_(target),
        constants_(target.constants),
        depth_(depth),
        tokens_(tokens),
        batch_(std::min(tokens, workload.ubatch)),
        batches_((tokens + batch_ - 1) / batch_),
        parts_(gpu_parts(workload, target, constants_.prefill)),
        ledger_(target.explain) {}

  SpeedEstimate estimate();
  /// Seconds for all of it.
  double time();

 private:
  Coefficients amounts(const PlaceLoad& place, const Rates& rates) const;
  void add_device(const GpuPart& part);
  void add_host();

  const Workload& workload_;
  const SpeedTarget& target_;
  const SpeedConstants& constants_;
  std::int64_t depth_, tokens_, batch_, batches_;
  std::vector<GpuPart> parts_;  ///< one after the other
  TimeLedger ledger_;
};

Coefficients Prompt::amounts(const PlaceLoad& place, const Rates& rates) const {
  return prefill_amounts(place, depth_, tokens_, workload_.ubatch, rates);
}

void Prompt::add_device(const GpuPart& part) {
  const Rates& rates = part.rates;
  const Coefficients work = amounts(*part.load, rates);
  const Coefficients& c = part.row->coefficients;
  const auto add_compute = [&](const char* name, std::size_t i) {
    ledger_.add(name, c[i] * work[i], part.row, [&] {
      return fmt::format("{} x {:.4g} / {}{}", operations_text(work[i] * rates.compute.value()), c[i],
                         text(rates.compute), part.label);
    });
  };
  add_compute("dense layers", 0);
  add_compute("experts", 1);
  ledger_.add("launches", c[2] * work[2], part.row, [&] {
    return fmt::format("{} x {:.0f} kernels x {:.4g} us{}", batches_, part.load->launches, c[2], part.label);
  });
  ledger_.add("memory traffic", c[3] * work[3], part.row, [&] {
    return fmt::format("{} x {:.4g} / {}{}", bytes_text(work[3] * rates.bandwidth.value()), c[3], text(rates.bandwidth),
                       part.label);
  });
  add_compute("attention", 4);
}

/// Weights on the host are copied to the GPU for each micro-batch, if that pays and is allowed, or used by the CPU.
void Prompt::add_host() {
  if (workload_.host.empty()) return;
  if (!workload_.op_offload || batch_ < kMinOffloadedBatch) {
    const SpeedRow& cpu = speed_row(constants_.prefill, "cpu", Device{});
    ledger_.add("host layers", seconds(cpu.coefficients, amounts(workload_.host, host_rates(target_))), &cpu,
                [] { return "by the CPU"; });
    return;
  }
  const Rates& rates = parts_.front().rates;  // the first GPU computes for the host
  const Coefficients work = amounts(workload_.host, rates);
  const bool unified = target_.device.device_class == DeviceClass::kUnified;
  const Bandwidth link = unified ? rates.bandwidth : constants_.assumptions.pcie_bandwidth;
  const double bytes =
      sum_over_batches(tokens_, batch_, [this](std::int64_t batch) { return weight_bytes(workload_.host, batch); });
  const double activations = work[3] - bytes / rates.bandwidth.value();
  ledger_.add("copying host weights", bytes / link.value(), nullptr,
              [&] { return fmt::format("{} / {}", bytes_text(bytes), text(link)); });
  const Coefficients& c = parts_.front().row->coefficients;
  ledger_.add("host layers", c[0] * work[0] + c[1] * work[1] + c[3] * activations + c[4] * work[4], parts_.front().row,
              [] { return "as dense layers, experts, activations and attention"; });
}

double Prompt::time() {
  for (const GpuPart& part : parts_) add_device(part);
  add_host();
  return ledger_.total();
}

SpeedEstimate Prompt::estimate() {
  SpeedEstimate estimate;
  estimate.time = Seconds(time());
  estimate.value = TokenRate(static_cast<double>(tokens_) / estimate.time.value());
  const Basis basis = basis_of(workload_, target_, constants_.prefill, parts_,
                               {!workload_.host.empty(), false, shares_layers(target_)});
  estimate.low = estimate.value * basis.low;
  estimate.high = estimate.value * basis.high;
  estimate.terms = ledger_.take();
  estimate.measured = basis.measured;
  estimate.basis = basis.text;
  return estimate;
}

}  // namespace

SpeedEstimate estimate_prefill(const Workload& workload, const SpeedTarget& target) {
  return Prompt(workload, target, workload.depth, workload.ubatch).estimate();
}

Seconds time_to_first_token(const Workload& workload, const SpeedTarget& target, Tokens prompt) {
  if (prompt < Tokens(1)) throw Error(ErrorKind::kBadRequest, "a prompt has at least one token");
  const Seconds reading(Prompt(workload, target, 0, prompt.count()).time());
  if (!workload.generates) return reading;
  Workload after = workload;
  after.depth = prompt.count();
  return reading + Seconds(1 / decode_rate(after, target).value());
}

}  // namespace lfmfit
