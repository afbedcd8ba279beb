#include "core/vllm/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/number_text.hpp"
#include "core/vllm/draft.hpp"
#include "core/vllm/stages.hpp"
#include "core/vllm/transient.hpp"

namespace lfmfit::vllm {

namespace {

constexpr double kGib = 1073741824.0;

ByteRange in_bytes(const Band& gib) {
  const auto bytes = [](double number) { return Bytes(std::llround(number * kGib)); };
  return {bytes(gib.low), bytes(gib.value), bytes(gib.high)};
}

ByteRange operator+(const ByteRange& a, const ByteRange& b) {
  return {a.low + b.low, a.value + b.value, a.high + b.high};
}

ByteRange certain(Bytes bytes) { return {bytes, bytes, bytes}; }

/// What vLLM keeps beside weights and the profile run.
ByteRange other_of(const Settings& settings) {
  const VllmProfile& profile = *settings.profile;
  const ByteRange other = in_bytes(profile.other_gib);
  if (settings.tensor_parallel == 1) return other;
  const auto found = std::find_if(profile.together.begin(), profile.together.end(), [&](const auto& row) {
    return settings.compute_capability.starts_with(row.compute_capability);
  });
  return found != profile.together.end() ? other + in_bytes(found->gib) : other;
}

ByteRange outside_of(const Settings& settings) {
  const std::vector<VllmOutside>& rows = settings.facts->outside;
  const std::int64_t together =
      settings.tensor_parallel * settings.pipeline_parallel * (settings.whole_experts ? settings.data_parallel : 1);
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const VllmOutside& row) { return together >= row.gpus; });
  return in_bytes(found != rows.end() ? found->gib : rows.back().gib);
}

ByteRange banded(const Weights& weights, const CheckpointForm& form) {
  const Bytes total = weights.total();
  if (!weights.quantized) return certain(total);
  const auto times = [&](double factor) {
    return Bytes(std::llround(static_cast<double>(weights.tensors.count()) * factor)) + total - weights.tensors;
  };
  return {times(form.weights.low), times(form.weights.value), times(form.weights.high)};
}

std::string weights_formula(const Weights& weights, const Settings& settings) {
  std::string text = fmt::format("{} of {}", settings.form->row.name, grouped(weights.tensors.count()));
  if (weights.ropes > Bytes(0)) text += fmt::format(" + rope caches {}", grouped(weights.ropes.count()));
  if (weights.tower > Bytes(0)) text += fmt::format(" + vision and audio {}", grouped(weights.tower.count()));
  if (weights.draft > Bytes(0)) text += fmt::format(" + {} {}", settings.draft->method, grouped(weights.draft.count()));
  if (weights.adapters > Bytes(0)) text += fmt::format(" + LoRA slots {}", grouped(weights.adapters.count()));
  return text;
}

/// What one stage's GPUs take beside the cache.
struct StageUse {
  ByteRange weights, activation, graphs, other;
  std::string weights_formula, activation_formula, graphs_formula;

  /// Of the share that is asked for.
  ByteRange of_request(const Settings& settings) const {
    ByteRange all = weights + activation + other;
    if (settings.counts_graphs) all = all + graphs;
    return settings.profile->counts_context ? all + outside_of(settings) + certain(settings.reserve) : all;
  }
};

StageUse use_of(const Question& question, const Settings& settings, const Weights& weights, std::size_t stage) {
  const Model& model = *question.model;
  const std::vector<int> stages = stages_of(static_cast<std::int64_t>(model.blocks.size()), settings.pipeline_parallel);
  const std::int64_t layers = std::count(stages.begin(), stages.end(), static_cast<int>(stage));
  const bool last = static_cast<std::int64_t>(stage) + 1 == settings.pipeline_parallel;
  const Told activation = activation_of(model, settings, last);
  const auto drafting = last ? std::ssize(drafting_blocks(model, settings)) : 0;
  const Told graphs = graphs_of(model, settings, layers + drafting);
  return {banded(weights, *settings.form),    activation.bytes,   graphs.bytes,  other_of(settings),
          weights_formula(weights, settings), activation.formula, graphs.formula};
}

/// What is left of `requested` for the cache.
ByteRange cache_left(const Allocation& allocation, const ByteRange& use) {
  if (allocation.settings.cache_bytes) return certain(*allocation.settings.cache_bytes);
  return {allocation.requested - use.high, allocation.requested - use.value, allocation.requested - use.low};
}

ByteRange at_least_nothing(const ByteRange& range) {
  return {std::max(range.low, Bytes(0)), std::max(range.value, Bytes(0)), std::max(range.high, Bytes(0))};
}

void add_terms(Allocation& allocation, const StageUse& use, const ByteRange& cache, int gpu) {
  const Settings& settings = allocation.settings;
  const VllmFacts& facts = *settings.facts;
  const auto add = [&](MemoryUse kind, const ByteRange& bytes, const std::string& formula, const std::string& source) {
    allocation.memory.terms.push_back({kind, gpu, bytes.value, bytes.low, bytes.high, formula, source});
  };
  add(MemoryUse::kWeights, use.weights, use.weights_formula, settings.form->source);
  add(MemoryUse::kActivation, use.activation, use.activation_formula,
      "the larger of the sampler's and the forward pass's peak; " + settings.profile->source);
  if (settings.counts_graphs) add(MemoryUse::kGraphs, use.graphs, use.graphs_formula, facts.graph_source);
  add(MemoryUse::kOther, use.other, "libraries, rounding", settings.profile->source);
  const std::string cached = settings.cache_bytes ? "as given"
                             : settings.total
                                 ? fmt::format("{} requested less all above", grouped(allocation.requested.count()))
                                 : fmt::format("one request of {} tokens", grouped(settings.max_model_len.count()));
  add(MemoryUse::kKvCache, cache, cached, fmt::format("vLLM {}: the rest of the share", settings.version->name));
  if (!settings.counts_graphs)
    add(MemoryUse::kGraphs, use.graphs, "on top of the share: " + use.graphs_formula, facts.graph_source);
  add(MemoryUse::kOutside, outside_of(settings),
      settings.profile->counts_context ? "CUDA context and NCCL, within the share"
                                       : "CUDA context and NCCL, outside the share",
      facts.outside_source);
}

Bytes requested_of(const Settings& settings) {
  const double share = static_cast<double>(settings.total->count()) * settings.utilization;
  return Bytes(static_cast<std::int64_t>(std::ceil(std::min(share, 9.2e18))));
}

}  // namespace

Allocation allocate(const Question& question, const Settings& settings, const std::vector<Weights>& weights) {
  Allocation allocation;
  allocation.settings = settings;
  allocation.plan = plan_cache(*question.model, settings);
  const std::int64_t request_blocks = blocks_a_request(allocation.plan, settings, settings.max_model_len);
  std::vector<StageUse> uses;
  for (std::size_t stage = 0; stage < weights.size(); ++stage) {
    uses.push_back(use_of(question, settings, weights[stage], stage));
    const ByteRange use = uses.back().of_request(settings);
    const Bytes request(checked_multiply(request_blocks, allocation.plan.page_bytes[stage]));
    allocation.needed = std::max(allocation.needed, use.value + request);
    allocation.needed_high = std::max(allocation.needed_high, use.high + request);
    if (uses.back().graphs.high >= allocation.graphs.high) allocation.graphs = uses.back().graphs;
  }
  const ByteRange outside = outside_of(settings);
  allocation.requested = settings.total ? requested_of(settings) : allocation.needed;
  if (settings.total) {
    const Bytes total = *settings.total - settings.reserve;
    allocation.free_after_context = {total - outside.high, total - outside.value, total - outside.low};
  }
  allocation.blocks = allocation.blocks_low = INT64_MAX;
  std::vector<ByteRange> caches;
  for (std::size_t stage = 0; stage < weights.size(); ++stage) {
    const ByteRange left = cache_left(allocation, uses[stage].of_request(settings));
    const bool known = settings.total.has_value() || settings.cache_bytes.has_value();
    caches.push_back(known ? at_least_nothing(left)
                           : certain(Bytes(checked_multiply(request_blocks, allocation.plan.page_bytes[stage]))));
    const std::int64_t blocks = blocks_of(allocation.plan, caches.back().value, stage);
    if (blocks < allocation.blocks || stage == 0) {
      allocation.blocks = blocks;
      allocation.least_stage = stage;
      allocation.cache = known ? left : caches.back();
    }
    allocation.blocks_low = std::min(allocation.blocks_low, blocks_of(allocation.plan, caches.back().low, stage));
  }
  allocation.memory.gpu_count = static_cast<int>(settings.gpus());
  allocation.memory.scene.context = allocation.memory.scene.context_per_sequence = settings.max_model_len;
  for (int gpu = 0; gpu < allocation.memory.gpu_count; ++gpu) {
    const auto stage = static_cast<std::size_t>((gpu / settings.tensor_parallel) % settings.pipeline_parallel);
    add_terms(allocation, uses[stage], caches[stage], gpu);
  }
  return allocation;
}

}  // namespace lfmfit::vllm
