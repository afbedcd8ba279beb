#include "core/vllm/rates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lfmfit::vllm {

namespace {

/// What one step over all layers costs one GPU of each stage, the stages one after the other.
struct Work {
  double weight_bytes = 0;  ///< read by any step
  double expert_share = 1;  ///< of them, that one token reads
  double token_bytes = 0;   ///< of cache, per token before it
  double parameters = 0;    ///< multiplied for each token
  double layers = 0;
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
  for (const std::int64_t page : allocation.plan.page_bytes)
    work.token_bytes += static_cast<double>(page) / static_cast<double>(allocation.plan.block);
  return work;
}

/// Seconds of a step of `requests` sequences that give `tokens` each, behind `depth` tokens, where hardware reaches
/// those shares of its rates.
double step_seconds(const Work& work, const Device& card, const VllmFacts& facts, double requests, double tokens,
                    double depth, double bandwidth_share, double compute_share) {
  // of experts, more and more are read as more tokens choose
  const double read = work.weight_bytes * (1 - std::pow(1 - work.expert_share, requests * tokens));
  const double cached = requests * depth * work.token_bytes;
  const double moving = (read + cached) / (card.bandwidth.value() * bandwidth_share);
  const double computing = 2 * work.parameters * requests * tokens / (card.fp16.value() * compute_share);
  return std::max(moving, computing) + work.layers * facts.launch_us * 1e-6;
}

SpeedEstimate estimate_of(const Work& work, const Device& card, const VllmFacts& facts, double requests, double tokens,
                          double depth) {
  const auto rate = [&](double bandwidth, double compute) {
    return TokenRate(requests * tokens / step_seconds(work, card, facts, requests, tokens, depth, bandwidth, compute));
  };
  SpeedEstimate speed;
  speed.low = rate(facts.bandwidth_share.low, facts.compute_share.low);
  speed.value = rate(facts.bandwidth_share.value, facts.compute_share.value);
  speed.high = rate(facts.bandwidth_share.high, facts.compute_share.high);
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
