#include "core/vllm/rates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>

namespace lfmfit::vllm {

namespace {

/// What one step over all layers costs one GPU of each stage, the stages one after the other.
struct Work {
  double weight_bytes = 0;  ///< read by any step
  double expert_share = 1;  ///< of them, that one token reads
  double token_bytes = 0;   ///< of cache, per token before it
  double parameters = 0;    ///< multiplied for each token
  double layers = 0, layers_of_experts = 0, layers_together = 0;
};

Work work_of(const Question& question, const Allocation& allocation, const std::vector<Weights>& weights) {
  const Model& model = *question.model;
  const Settings& settings = allocation.settings;
  Work work;
  for (const Weights& stage : weights) work.weight_bytes += static_cast<double>(stage.tensors.count());
  const auto all = static_cast<double>(parameter_count(model));
  const auto active = static_cast<double>(active_parameter_count(model));
  work.expert_share = all > 0 ? active / all : 1;
  work.parameters = active / static_cast<double>(settings.tensor_parallel);
  work.layers = static_cast<double>(model.blocks.size());
  work.layers_of_experts =
      static_cast<double>(std::count_if(model.blocks.begin(), model.blocks.end(), [](const Block& block) {
        return std::holds_alternative<MixtureOfExperts>(block.feed_forward);
      }));
  work.layers_together = settings.tensor_parallel > 1 ? work.layers : 0;
  for (const std::int64_t page : allocation.plan.page_bytes)
    work.token_bytes += static_cast<double>(page) / static_cast<double>(allocation.plan.block);
  return work;
}

/// What the hardware reaches, at one place of its bands.
struct Reached {
  double bandwidth_share = 0, compute_share = 0;
  double launching = 0;  ///< seconds of a step that no byte and no product explains
};

Reached reached(const VllmFacts& facts, const Work& work, double Band::*bandwidth, double Band::*launching) {
  const double microseconds = facts.step_us.*launching + work.layers * (facts.launch_us.*launching) +
                              work.layers_of_experts * (facts.launch_us_of_experts.*launching) +
                              work.layers_together * (facts.launch_us_together.*launching);
  return {facts.bandwidth_share.*bandwidth, facts.compute_share.*bandwidth, microseconds * 1e-6};
}

/// Seconds of a step of `requests` sequences that give `tokens` each, behind `depth` tokens, where hardware reaches
/// those shares of its rates.
double step_seconds(const Work& work, const Device& card, const Reached& here, double requests, double tokens,
                    double depth) {
  // of experts, more and more are read as more tokens choose
  const double read = work.weight_bytes * (1 - std::pow(1 - work.expert_share, requests * tokens));
  const double cached = requests * depth * work.token_bytes;
  const double moving = (read + cached) / (card.bandwidth.value() * here.bandwidth_share);
  const double computing = 2 * work.parameters * requests * tokens / (card.fp16.value() * here.compute_share);
  return std::max(moving, computing) + here.launching;
}

SpeedEstimate estimate_of(const Work& work, const Device& card, const VllmFacts& facts, double requests, double tokens,
                          double depth) {
  const auto rate = [&](const Reached& here) {
    return TokenRate(requests * tokens / step_seconds(work, card, here, requests, tokens, depth));
  };
  SpeedEstimate speed;
  speed.low = rate(reached(facts, work, &Band::low, &Band::high));
  speed.value = rate(reached(facts, work, &Band::value, &Band::value));
  speed.high = rate(reached(facts, work, &Band::high, &Band::low));
  speed.time = Seconds(requests * tokens / speed.value.value());
  speed.measured = false;
  speed.basis = "vLLM, " + facts.speed_source;
  return speed;
}

}  // namespace

std::optional<Speed> rates_of(const Question& question, const Allocation& allocation,
                              const std::vector<Weights>& weights) {
  if (question.device == nullptr) return std::nullopt;
  const Device& card = gpu_of(*question.device, 0);
  if (card.bandwidth <= Bandwidth(0) || card.fp16 <= ComputeRate(0)) return std::nullopt;
  const Settings& settings = allocation.settings;
  const VllmFacts& facts = *settings.facts;
  const Work work = work_of(question, allocation, weights);
  const auto depth = static_cast<double>(question.request.depth.count());
  const auto full = static_cast<double>(settings.max_model_len.count());
  Speed speed;
  speed.decode = estimate_of(work, card, facts, 1, 1, depth);
  if (settings.requests > 1) {
    const double at_once = static_cast<double>(settings.requests);
    speed.throughput = estimate_of(work, card, facts, at_once, 1, depth);
  }
  const auto prompt = static_cast<double>(std::min(settings.tokens, settings.max_model_len.count()));
  speed.prefill = estimate_of(work, card, facts, 1, prompt, depth);
  speed.time_to_first_token = speed.prefill->time;
  speed.decode_half_context = estimate_of(work, card, facts, 1, 1, full / 2).value;
  speed.decode_full_context = estimate_of(work, card, facts, 1, 1, full).value;
  return speed;
}

}  // namespace lfmfit::vllm
