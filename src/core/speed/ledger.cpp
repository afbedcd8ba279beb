#include "core/speed/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lfmfit::speed {

namespace {

std::string measurements(int rows) {
  if (rows == 0) return "no measurement";
  return rows == 1 ? "1 measurement" : fmt::format("{} measurements", rows);
}

std::string basis_text(const Workload& workload, const SpeedTarget& target, const Device& gpu, const SpeedRow& row,
                       int own_rows, const Beyond& beyond) {
  std::string text = fmt::format("{} on {}: {}", target.backend.label, row.label, measurements(row.rows));
  if (own_rows > 0) {
    text += fmt::format(", {} on this device", own_rows);
  } else {
    text = "unmeasured device; nearest: " + text;
  }
  if (!workload.measured) text += "; a kind of layer in this model is unmeasured";
  if (beyond.host_memory && target.device.device_class != DeviceClass::kUnified) {
    text += fmt::format("; unmeasured: host memory at an assumed {}",
                        speed::text(target.constants.assumptions.host_bandwidth));
  } else if (beyond.host_memory) {
    text += "; unmeasured: CPU and GPU in turns";
  }
  if (beyond.several_requests) text += "; unmeasured: several requests together";
  if (beyond.shared_layers) text += "; unmeasured: layers split across GPUs";
  if (gpu.power_limited) text += "; its power limit slows long runs";
  return text;
}

}  // namespace

std::string bytes_text(double bytes) {
  return bytes < 1e9 ? fmt::format("{:.4g} MB", bytes / 1e6) : fmt::format("{:.4g} GB", bytes / 1e9);
}

std::string text(Bandwidth bandwidth) { return fmt::format("{:.4g} GB/s", in_gb_per_second(bandwidth)); }

std::string operations_text(double operations) {
  return operations < 1e12 ? fmt::format("{:.4g} GFLOP", operations / 1e9)
                           : fmt::format("{:.4g} TFLOP", operations / 1e12);
}

std::string text(ComputeRate rate) { return fmt::format("{:.4g} TFLOP/s", rate.value() / 1e12); }

std::string source_of(const SpeedRow& row) { return fmt::format("{}, {}", row.id, measurements(row.rows)); }

Basis basis_of(const Workload& workload, const SpeedTarget& target, const Device& gpu, const SpeedLaw& law,
               const SpeedRow& row, const Beyond& beyond) {
  const bool has_experts = !workload.device.experts.empty() || !workload.host.experts.empty();
  const SpeedBand& band = speed_band(law, target.backend.name, has_experts);
  const bool calibrated = std::any_of(row.hardware.begin(), row.hardware.end(),
                                      [&](const HardwareMatch& match) { return match.device == gpu.id; });
  const int own_rows = calibrated ? row.rows : measured_rows(law, target.backend.name, gpu);
  Basis basis;
  basis.measured = own_rows > 0 && workload.measured;
  basis.low = basis.measured ? band.low : band.unmeasured_low;
  basis.high = basis.measured ? band.high : band.unmeasured_high;
  if (beyond.host_memory || beyond.several_requests || beyond.shared_layers) {
    basis.measured = false;
    basis.low = std::min(basis.low, target.constants.assumptions.low);
    basis.high = std::max(basis.high, target.constants.assumptions.high);
  }
  basis.text = basis_text(workload, target, gpu, row, own_rows, beyond);
  return basis;
}

}  // namespace lfmfit::speed
