#include "core/speed/basis.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/speed/ledger.hpp"

namespace lfmfit::speed {

namespace {

bool is_calibrated(const SpeedRow& row, const Device& device) {
  return row.rows[0] + row.rows[1] + row.rows[2] > 0 && !row.hardware.empty() &&
         std::all_of(row.hardware.begin(), row.hardware.end(),
                     [&](const HardwareMatch& match) { return match.device == device.id; });
}

std::string rows_text(SpeedQuestion question, const Workload& workload, const SpeedTarget& target, const SpeedRow& row,
                      int own_rows) {
  const int all = row.rows[static_cast<std::size_t>(question)];
  std::string text = fmt::format("{} on {}: {}", target.backend.label, row.label, measurements_text(all));
  if (own_rows > 0) {
    text += fmt::format(", {} on this device", own_rows);
  } else {
    text = "unmeasured device; nearest: " + text;
  }
  if (!workload.measured) text += "; a kind of layer in this model is unmeasured";
  if (!row.note.empty()) text += "; " + row.note;
  return text;
}

/// How the host's bandwidth is known.
const char* host_word(const SpeedTarget& target) {
  if (target.host.bandwidth) return "the stated";
  const bool read = target.device.host && !target.device.host->bandwidth.assumed;
  return read ? "this machine's" : "an assumed";
}

/// What lies in host memory widens the band: its bandwidth is known roughly at best.
void widen_for_host(const SpeedTarget& target, Basis& basis) {
  const SpeedAssumptions& assumed = target.constants.assumptions;
  basis.measured = false;
  basis.low = std::min(basis.low, assumed.host_low);
  basis.high = std::max(basis.high, assumed.host_high);
  if (target.device.device_class == DeviceClass::kUnified) {
    basis.text += "; CPU and GPU in turns";
  } else {
    basis.text += fmt::format("; host memory at {} {}", host_word(target), text(host_of(target).memory));
  }
}

}  // namespace

Basis basis_of(SpeedQuestion question, const Workload& workload, const SpeedTarget& target, const Device& device,
               const SpeedRow& row) {
  const SpeedBand& band = row.bands[static_cast<std::size_t>(question)];
  const int own_rows = is_calibrated(row, device) ? row.rows[static_cast<std::size_t>(question)]
                                                  : measured_rows(target.constants, question, row.backend, device);
  Basis basis;
  basis.measured = own_rows > 0 && workload.measured;
  basis.low = basis.measured ? band.low : band.unmeasured_low;
  basis.high = basis.measured ? band.high : band.unmeasured_high;
  basis.text = rows_text(question, workload, target, row, own_rows);
  if (!workload.is_on_gpus_alone()) widen_for_host(target, basis);
  if (shares_layers(target)) {
    basis.measured = false;
    basis.low = std::min(basis.low, target.constants.assumptions.low);
    basis.high = std::max(basis.high, target.constants.assumptions.high);
    basis.text += "; unmeasured: layers split across GPUs";
  }
  if (target.backend.is_cpu && device.cpu.cores == 0 && !device.host) {
    const CpuFacts& usual = target.constants.cpu.usual;
    basis.measured = false;
    basis.text +=
        fmt::format("; nothing is known of its cores: {} of {:g} GHz are assumed", usual.cores, usual.clock_ghz);
  }
  if (device.power_limited) basis.text += "; its power limit slows long runs";
  return basis;
}

Basis basis_of(SpeedQuestion question, const Workload& workload, const SpeedTarget& target,
               const std::vector<GpuPart>& parts) {
  Basis all;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Basis one = basis_of(question, workload, target, *parts[i].gpu, *parts[i].card.row);
    const bool again = all.text.find(one.text) != std::string::npos;
    all = i == 0 ? one
                 : Basis{all.measured && one.measured, std::min(all.low, one.low), std::max(all.high, one.high),
                         again ? all.text : all.text + "; " + one.text};
  }
  return all;
}

}  // namespace lfmfit::speed
