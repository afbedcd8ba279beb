#include "core/vllm/transient.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>

#include "core/base/number_text.hpp"

namespace lfmfit::vllm {

namespace {

constexpr double kNumberBytes = 2;
constexpr std::int64_t kLargestGraph = 512;

Bytes whole(double bytes) { return Bytes(static_cast<std::int64_t>(std::clamp(bytes, 0.0, 9e18))); }

ByteRange scaled(const Band& band, double by) {
  return {whole(band.low * by), whole(band.value * by), whole(band.high * by)};
}

/// Numbers that the widest feed-forward part of the model holds for one token.
double wide_numbers(const Model& model, const Settings& settings) {
  const auto parts = static_cast<double>(settings.whole_experts ? 1 : settings.tensor_parallel);
  double most = 0;
  for (const Block& block : model.blocks) {
    double numbers = 0;
    if (const auto* dense = std::get_if<DenseFeedForward>(&block.feed_forward))
      numbers = settings.facts->forward_wide * static_cast<double>(dense->n_ff) /
                static_cast<double>(settings.tensor_parallel);
    if (const auto* experts = std::get_if<MixtureOfExperts>(&block.feed_forward)) {
      const double each =
          settings.facts->forward_wide * static_cast<double>(experts->n_ff) / parts + static_cast<double>(model.n_embd);
      numbers = static_cast<double>(experts->n_expert_used) * each;
    }
    most = std::max(most, numbers);
  }
  return most;
}

}  // namespace

Told activation_of(const Model& model, const Settings& settings, bool samples) {
  const auto tokens = static_cast<double>(settings.tokens);
  const double each = kNumberBytes * (settings.facts->forward_hidden * static_cast<double>(model.n_embd) +
                                      wide_numbers(model, settings));
  const ByteRange forward = scaled(settings.facts->forward, tokens * each);
  const std::int64_t rows = std::min(settings.requests, settings.tokens);
  const Band& sampler_bytes = settings.sampler_bytes;
  const ByteRange sampler =
      samples ? scaled(sampler_bytes, static_cast<double>(rows) * static_cast<double>(model.n_vocab)) : ByteRange{};
  const bool sorts = sampler.value > forward.value;
  Told told;
  told.bytes = {std::max(forward.low, sampler.low), std::max(forward.value, sampler.value),
                std::max(forward.high, sampler.high)};
  told.formula = sorts ? fmt::format("sampling: {} requests x {} logits x {:g} B", grouped(rows),
                                     grouped(model.n_vocab), sampler_bytes.value)
                       : fmt::format("forward pass: {} tokens x {} B", grouped(settings.tokens),
                                     grouped(static_cast<std::int64_t>(each)));
  return told;
}

std::int64_t captured_graphs(const Settings& settings) {
  if (settings.eager) return 0;
  const std::int64_t most = std::min({2 * settings.requests, kLargestGraph, settings.tokens});
  std::int64_t graphs = 0;
  for (std::int64_t size = 1; size <= most; size += size < 2 ? 1 : size < 4 ? 2 : size < 8 ? 4 : size < 256 ? 8 : 16)
    graphs += size <= settings.requests ? 2 : 1;
  return graphs;
}

Told graphs_of(const Model& model, const Settings& settings, std::int64_t layers) {
  const std::int64_t graphs = captured_graphs(settings);
  const VllmFacts& facts = *settings.facts;
  const Band& each = expert_count(model) > 0 ? facts.graph_bytes_of_experts : facts.graph_bytes;
  Told told;
  told.bytes =
      scaled(each, static_cast<double>(graphs) * static_cast<double>(layers) * static_cast<double>(model.n_embd));
  told.formula = graphs == 0 ? "none, run eagerly"
                             : fmt::format("{} graphs x {} layers x {} x {:g} B", graphs, layers, grouped(model.n_embd),
                                           each.value);
  return told;
}

}  // namespace lfmfit::vllm
