#include "core/vllm/changes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/vllm/small_batch.hpp"
#include "core/vllm/verdict.hpp"

namespace lfmfit::vllm {

namespace {

constexpr Bytes kLeastGain{100LL << 20};
constexpr std::int64_t kMostOfOneMachine = 8;
constexpr Tokens kShortestUseful{2048};
constexpr double kMostUtilization = 0.95;
constexpr const char* kSmallCache = "fp8";

/// Tries one change after another.
class Trial {
 public:
  Trial(const Question& question, const Allocation& now, const std::function<Allocation(const Settings&)>& again)
      : question_(question), now_(now), again_(again), starts_(starts(now)) {}

  /// Notes what `settings` give, if that is worth a line. Whether vLLM starts with them.
  bool note(std::string options, const Settings& settings) {
    const Allocation changed = again_(settings);
    const Bytes gain = changed.cache.value - now_.cache.value;
    const bool helps = starts(changed);
    if (gain >= kLeastGain || (helps && !starts_)) changes_.push_back({std::move(options), gain, helps});
    return helps;
  }

  /// Whether vLLM starts, as it is or with a change.
  bool found() const {
    return starts_ ||
           std::any_of(changes_.begin(), changes_.end(), [](const VllmChange& change) { return change.starts; });
  }

  std::vector<VllmChange> take() { return std::move(changes_); }

 private:
  bool starts(const Allocation& allocation) const {
    const VllmVerdict verdict = ruling_on(question_, allocation).verdict;
    return verdict == VllmVerdict::kStarts || verdict == VllmVerdict::kOverruns;
  }

  const Question& question_;
  const Allocation& now_;
  const std::function<Allocation(const Settings&)>& again_;
  bool starts_;
  std::vector<VllmChange> changes_;
};

bool is_known(const Settings& settings) { return settings.total && !settings.cache_bytes; }

/// The longest request that is held at the end of all bands.
Tokens longest_sure(const Question& question, const Allocation& allocation) {
  return longest_request(allocation.plan, allocation.settings, allocation.blocks_low,
                         std::min(allocation.settings.max_model_len, question.model->context_limit));
}

void try_cache_type(const Settings& base, Trial& trial) {
  for (const VllmCacheType& type : base.facts->cache_types) {
    if (type.name != kSmallCache || type.bits >= base.cache_type->bits) continue;
    Settings changed = base;
    changed.cache_type = &type;
    trial.note(fmt::format("--kv-cache-dtype {}", kSmallCache), changed);
  }
}

/// As many GPUs as it takes: no small change.
void try_more_gpus(const Question& question, const Settings& base, Trial& trial) {
  const std::int64_t there =
      question.device == nullptr || question.device->gpus <= 1 ? kMostOfOneMachine : question.device->gpus;
  Settings changed = base;
  for (bool found = false; !found;) {
    changed.tensor_parallel *= 2;
    if (changed.gpus() > there) return;
    found = trial.note(fmt::format("-tp {}", changed.tensor_parallel), changed);
  }
}

/// The largest share of a card, in hundredths, that is free after the context.
double largest_utilization(const Allocation& now) {
  const double free = static_cast<double>(now.free_after_context.low.count()) /
                      static_cast<double>(std::max<std::int64_t>(now.settings.total->count(), 1));
  return std::min(std::floor(free * 100) / 100, kMostUtilization);
}

/// What a single change does not do, several may: few requests and tokens at once, no graphs, and the longest request
/// that is held then.
void try_all_at_once(const Question& question, const Allocation& now,
                     const std::function<Allocation(const Settings&)>& again, Trial& trial) {
  Settings changed = now.settings;
  changed.requests = std::min(changed.requests, kFewestRequests);
  changed.tokens = std::min(changed.tokens, kFewTokens);
  changed.eager = true;
  const Tokens longest = longest_sure(question, again(changed));
  if (longest < kShortestUseful) return;
  changed.max_model_len = std::min(changed.max_model_len, longest);
  std::string options =
      fmt::format("--max-num-seqs {} --max-num-batched-tokens {} --enforce-eager", changed.requests, changed.tokens);
  if (changed.max_model_len < now.settings.max_model_len)
    options += fmt::format(" --max-model-len {}", changed.max_model_len.count());
  trial.note(std::move(options), changed);
}

}  // namespace

std::vector<VllmChange> changes_of(const Question& question, const Allocation& now,
                                   const std::function<Allocation(const Settings&)>& again) {
  Trial trial(question, now, again);
  const Settings& base = now.settings;
  if (!is_known(base)) return {};
  Settings changed = base;
  if (base.requests > kFewRequests) {
    changed.requests = kFewRequests;
    trial.note(fmt::format("--max-num-seqs {}", kFewRequests), changed);
  }
  if (base.tokens > kFewTokens) {
    changed = base;
    changed.tokens = kFewTokens;
    changed.requests = std::min(changed.requests, kFewTokens);
    trial.note(fmt::format("--max-num-batched-tokens {}", kFewTokens), changed);
  }
  if (const double share = largest_utilization(now); share > 0.1) {
    changed = base;
    changed.utilization = share;
    if (share != base.utilization) trial.note(fmt::format("--gpu-memory-utilization {:.2f}", share), changed);
  }
  if (const Tokens longest = longest_sure(question, now); longest < base.max_model_len && longest >= kShortestUseful) {
    changed = base;
    changed.max_model_len = longest;
    trial.note(fmt::format("--max-model-len {}", longest.count()), changed);
  }
  if (!base.eager) {
    changed = base;
    changed.eager = true;
    trial.note("--enforce-eager", changed);
  }
  try_cache_type(base, trial);
  if (trial.found()) return trial.take();
  try_all_at_once(question, now, again, trial);
  try_more_gpus(question, base, trial);
  return trial.take();
}

}  // namespace lfmfit::vllm
