#include "core/vllm/transient.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>

#include "core/base/number_text.hpp"

namespace lfmfit::vllm {

namespace {

constexpr double kNumberBytes = 2, kGib = 1073741824.0;
constexpr std::int64_t kLargestGraph = 512;

Bytes whole(double bytes) { return Bytes(static_cast<std::int64_t>(std::clamp(bytes, 0.0, 9e18))); }

ByteRange scaled(const Band& band, double by) {
  return {whole(band.low * by), whole(band.value * by), whole(band.high * by)};
}

/// Numbers that the experts of a layer compute in for one token: what goes into each and comes out of it, in the order
/// of the experts.
double workspace_numbers(const MixtureOfExperts& experts, const Model& model, const Settings& settings) {
  const auto parts = static_cast<double>(settings.whole_experts ? 1 : settings.tensor_parallel);
  const double narrow = static_cast<double>(experts.n_latent > 0 ? experts.n_latent : model.n_embd);
  const double width = static_cast<double>(experts.n_ff) / parts, up = experts.gated ? 2 * width : width;
  return static_cast<double>(experts.n_expert_used) * (std::max(width, narrow) + std::max(up, narrow));
}

/// The most over the layers of what their feed-forward parts hold for one token.
struct Widest {
  double dense = 0, experts = 0;
};

Widest widest_of(const Model& model, const Settings& settings) {
  Widest most;
  for (const Block& block : model.blocks) {
    if (const auto* dense = std::get_if<DenseFeedForward>(&block.feed_forward))
      most.dense = std::max(most.dense, settings.facts->forward_wide * static_cast<double>(dense->n_ff) /
                                            static_cast<double>(settings.tensor_parallel));
    if (const auto* experts = std::get_if<MixtureOfExperts>(&block.feed_forward))
      most.experts = std::max(most.experts, workspace_numbers(*experts, model, settings));
  }
  return most;
}

ByteRange both(const ByteRange& a, const ByteRange& b) { return {a.low + b.low, a.value + b.value, a.high + b.high}; }

}  // namespace

Told activation_of(const Model& model, const Settings& settings, bool samples) {
  const VllmFacts& facts = *settings.facts;
  const VllmProfile& profile = *settings.profile;
  const auto tokens = static_cast<double>(settings.tokens);
  const double hidden = kNumberBytes * static_cast<double>(model.n_embd);
  const Widest widest = widest_of(model, settings);
  // a stage before the last hands over its hidden states and what is added to them
  const double copies = profile.forward_hidden + (samples ? 0 : 2);
  const double each = copies * hidden + kNumberBytes * std::max(widest.dense, widest.experts);
  const ByteRange forward = scaled(settings.dense ? facts.forward : facts.forward_of_others, tokens * each);
  const std::int64_t rows = std::min(settings.requests, settings.tokens);
  const double logits = static_cast<double>(rows) * static_cast<double>(model.n_vocab);
  // the batch's hidden states are still there, and what experts compute in where it is kept: not by all kernels
  const Bytes kept = whole((settings.sees ? 2 : 1) * tokens * hidden);
  const Bytes workspace = whole(profile.keeps_workspace ? tokens * kNumberBytes * widest.experts : 0);
  const bool is_certain = !settings.form->experts_only;
  const ByteRange beside = {kept, kept + (is_certain ? workspace : Bytes(0)), kept + workspace};
  const ByteRange sampler = samples ? both(scaled(profile.sampler_bytes, logits), beside) : ByteRange{};
  const bool sampling = sampler.value > forward.value;
  Told told;
  told.bytes = both({std::max(forward.low, sampler.low), std::max(forward.value, sampler.value),
                     std::max(forward.high, sampler.high)},
                    scaled(facts.profile_gib, kGib));
  told.formula = sampling
                     ? fmt::format("sampling: {} requests x {} logits x {:g} B + {} beside it", grouped(rows),
                                   grouped(model.n_vocab), profile.sampler_bytes.value, grouped(beside.value.count()))
                     : fmt::format("forward pass: {} tokens x {} B", grouped(settings.tokens),
                                   grouped(static_cast<std::int64_t>(each)));
  return told;
}

std::int64_t captured_graphs(const Settings& settings) {
  if (settings.eager) return 0;
  const std::int64_t full = settings.requests * settings.tokens_a_request();
  const std::int64_t most = std::min({2 * full, kLargestGraph, settings.tokens});
  std::int64_t graphs = 0;
  for (std::int64_t size = 1; size <= most; size += size < 2 ? 1 : size < 4 ? 2 : size < 8 ? 4 : size < 256 ? 8 : 16)
    graphs += size <= full ? 2 : 1;
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
