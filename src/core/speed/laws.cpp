#include "core/speed/laws.hpp"

#include <algorithm>
#include <cmath>

#include "core/speed/position_load.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

double expert_read_factor(const SpeedConstants& constants, const std::string& backend, const TensorType* type) {
  for (const ExpertReadFactor& entry : constants.expert_read_factors) {
    if (entry.backend == backend && entry.type == type) return entry.factor;
  }
  return 1;
}

}  // namespace

Rates device_rates(const SpeedTarget& target) {
  const Device& device = target.device;
  const bool has_card = device.device_class == DeviceClass::kGpu || device.device_class == DeviceClass::kServer;
  if (target.backend.is_cpu && has_card) {
    throw Error(ErrorKind::kUnsupported, "the CPU backend does not run on " + device.name +
                                             " but on the machine around it; name that machine's CPU or unified-memory device");
  }
  if (device.bandwidth <= Bandwidth(0)) {
    throw Error(ErrorKind::kUnsupported, "no speed without a memory bandwidth; give " + device.name + " a bandwidth_gb_s");
  }
  const SpeedAssumptions& assumed = target.constants.assumptions;
  ComputeRate compute = device.fp32;
  if (target.backend.is_cpu) {
    compute = ComputeRate(device.bandwidth.value() * assumed.cpu_operations_per_byte);
  } else if (compute <= ComputeRate(0)) {
    compute = ComputeRate(device.bandwidth.value() * assumed.operations_per_byte);
  }
  return {target.backend.name, device.bandwidth, compute};
}

Rates host_rates(const SpeedTarget& target) {
  const SpeedAssumptions& assumed = target.constants.assumptions;
  const bool unified = target.device.device_class == DeviceClass::kUnified;
  const Bandwidth bandwidth = unified ? target.device.bandwidth : assumed.host_bandwidth;
  return {"cpu", bandwidth, ComputeRate(bandwidth.value() * assumed.cpu_operations_per_byte)};
}

double touched_expert_bytes(const ExpertLoad& load, std::int64_t tokens) {
  return load.bytes * (1 - std::pow(1 - load.share, static_cast<double>(tokens)));
}

double touched_expert_bytes(const PlaceLoad& place, std::int64_t tokens) {
  double bytes = 0;
  for (const ExpertLoad& load : place.experts) bytes += touched_expert_bytes(load, tokens);
  return bytes;
}

Coefficients decode_amounts(const PlaceLoad& place, std::int64_t depth, std::int64_t sequences, const Rates& rates,
                            const SpeedConstants& constants) {
  double expert_bytes = 0;
  for (const ExpertLoad& load : place.experts) {
    expert_bytes += touched_expert_bytes(load, sequences) * expert_read_factor(constants, rates.backend, load.type);
  }
  const double caches = static_cast<double>(sequences) * (cache_bytes(place, depth) + place.state_bytes);
  const double bandwidth = rates.bandwidth.value();
  return {place.dense_bytes / bandwidth, expert_bytes / bandwidth, place.launches * 1e-6, caches / bandwidth,
          (place.dense_operations + place.expert_operations) / rates.compute.value()};
}

Coefficients prefill_amounts(const PlaceLoad& place, std::int64_t depth, std::int64_t tokens, std::int64_t ubatch, const Rates& rates) {
  const std::int64_t batch = std::min(tokens, ubatch);
  const auto batches = static_cast<double>((tokens + batch - 1) / batch);
  const auto count = static_cast<double>(tokens);
  const double compute = rates.compute.value();
  return {2 * place.dense_parameters * count / compute, 2 * place.expert_parameters * count / compute,
          batches * place.launches * 1e-6, batches * (place.dense_bytes + touched_expert_bytes(place, batch)) / rates.bandwidth.value(),
          attention_operations(place, static_cast<double>(depth), count) / compute};
}

double seconds(const Coefficients& coefficients, const Coefficients& amounts) {
  double sum = 0;
  for (std::size_t i = 0; i < kCoefficientCount; ++i) sum += coefficients[i] * amounts[i];
  return sum;
}

}  // namespace lfmfit
