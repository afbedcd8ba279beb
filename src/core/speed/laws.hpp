#pragma once

#include <cstdint>
#include <functional>

#include "lfmfit/speed.hpp"

namespace lfmfit::speed {

/// What the laws know of hardware: peak rates of the data sheet.
struct Rates {
  std::string backend;
  Bandwidth bandwidth;
  ComputeRate compute;
};

/// The rates of `gpu`, which is the device of `target` or one of its parts (of the CPU, for the CPU backend). Throws
/// Error(kUnsupported) where they are not known.
Rates device_rates(const SpeedTarget& target, const Device& gpu);

/// The rates of the CPU and its memory beside the GPU of `target`.
Rates host_rates(const SpeedTarget& target);

/// The amounts of work of one decode step in one place: seconds for each unit of the coefficient of the same index.
/// `sequences` share the weights; the operations are those of one of them.
Coefficients decode_amounts(const PlaceLoad& place, std::int64_t depth, std::int64_t sequences, const Rates& rates,
                            const SpeedConstants& constants);

/// The same of `tokens` of a prompt behind `depth` others, at most `ubatch` of them computed together: kernels are
/// launched and weights are read once for each such batch. Each expert multiplies its tokens in tiles, the last of
/// which is half empty on average. Activations are written and read between kernels.
Coefficients prefill_amounts(const PlaceLoad& place, std::int64_t depth, std::int64_t tokens, std::int64_t ubatch,
                             const Rates& rates);

/// Bytes of weights that a batch of `tokens` of a prompt reads.
double weight_bytes(const PlaceLoad& place, std::int64_t tokens);

/// Weights that `tokens` tokens of one batch are multiplied with in experts, each as often as tokens, or places that a
/// tile leaves empty, meet it.
double expert_products(const PlaceLoad& place, std::int64_t tokens);

/// The sum of `of_batch(tokens)` over the micro-batches of at most `ubatch` tokens that `tokens` tokens are computed
/// in.
double sum_over_batches(std::int64_t tokens, std::int64_t ubatch, const std::function<double(std::int64_t)>& of_batch);

/// Bytes of experts that `tokens` tokens touch, each choosing on its own.
double touched_expert_bytes(const ExpertLoad& load, std::int64_t tokens);
double touched_expert_bytes(const PlaceLoad& place, std::int64_t tokens);

/// Sum of products.
double seconds(const Coefficients& coefficients, const Coefficients& amounts);

}  // namespace lfmfit::speed
