#include "core/speed/laws.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/speed/position_load.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::speed {

namespace {

constexpr double kTile = 32;                // tokens of a tile, as in llama.cpp's kernels for experts
constexpr double kBytesPerActivation = 10;  // an F32 and its 8-bit copy, which one kernel writes and the next one reads

/// The share of experts that `tokens` tokens touch, each choosing on its own.
double touched_share(const ExpertLoad& load, std::int64_t tokens) {
  return 1 - std::pow(1 - load.share, static_cast<double>(tokens));
}

double expert_read_factor(const SpeedConstants& constants, const std::string& backend, const TensorType* type) {
  for (const ExpertReadFactor& entry : constants.expert_read_factors) {
    if (entry.backend == backend && entry.type == type) return entry.factor;
  }
  return 1;
}

}  // namespace

Rates device_rates(const SpeedTarget& target, const Device& device) {
  const bool has_card = device.device_class == DeviceClass::kGpu || device.device_class == DeviceClass::kServer;
  if (target.backend.is_cpu && has_card) {
    throw Error(ErrorKind::kUnsupported,
                "the CPU backend does not run on " + device.name +
                    " but on the machine around it; name that machine's CPU or unified-memory device");
  }
  if (device.bandwidth <= Bandwidth(0)) {
    throw Error(ErrorKind::kUnsupported,
                "no speed without a memory bandwidth; give " + device.name + " a bandwidth_gb_s");
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
  return load.bytes * touched_share(load, tokens);
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

double weight_bytes(const PlaceLoad& place, std::int64_t tokens) {
  return place.dense_bytes + touched_expert_bytes(place, tokens);
}

double expert_products(const PlaceLoad& place, std::int64_t tokens) {
  double empty_places = 0;
  for (const ExpertLoad& load : place.experts)
    empty_places += kTile / 2 * load.parameters * touched_share(load, tokens);
  return static_cast<double>(tokens) * place.expert_parameters + empty_places;
}

double sum_over_batches(std::int64_t tokens, std::int64_t ubatch, const std::function<double(std::int64_t)>& of_batch) {
  const std::int64_t rest = tokens % ubatch;
  const double whole = tokens >= ubatch ? static_cast<double>(tokens / ubatch) * of_batch(ubatch) : 0;
  return whole + (rest > 0 ? of_batch(rest) : 0);
}

Coefficients prefill_amounts(const PlaceLoad& place, std::int64_t depth, std::int64_t tokens, std::int64_t ubatch,
                             const Rates& rates) {
  const auto count = static_cast<double>(tokens);
  const auto over_batches = [&](const auto& of_batch) { return sum_over_batches(tokens, ubatch, of_batch); };
  const double kernels = over_batches([&](std::int64_t) { return place.launches; });
  const double products = over_batches([&](std::int64_t batch) { return expert_products(place, batch); });
  const double weights = over_batches([&](std::int64_t batch) { return weight_bytes(place, batch); });
  const double compute = rates.compute.value();
  return {2 * place.dense_parameters * count / compute, 2 * products / compute, kernels * 1e-6,
          (weights + count * kBytesPerActivation * place.activations) / rates.bandwidth.value(),
          attention_operations(place, static_cast<double>(depth), count) / compute};
}

double seconds(const Coefficients& coefficients, const Coefficients& amounts) {
  double sum = 0;
  for (std::size_t i = 0; i < kCoefficientCount; ++i) sum += coefficients[i] * amounts[i];
  return sum;
}

}  // namespace lfmfit::speed
