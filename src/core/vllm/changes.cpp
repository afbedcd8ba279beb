#include "core/vllm/changes.hpp"

#include <fmt/format.h>

#include "core/base/limits.hpp"
#include "core/vllm/verdict.hpp"

namespace lfmfit::vllm {

namespace {

constexpr Bytes kLeastGain{100LL << 20};
constexpr std::int64_t kFewRequests = 128, kFewTokens = 2048;
constexpr double kMostUtilization = 0.95;

/// Tries one change after another.
class Trial {
 public:
  Trial(const Question& question, const Allocation& now, const std::function<Allocation(const Settings&)>& again)
      : question_(question), now_(now), again_(again), starts_(starts(now)) {}

  /// Notes what `settings` give, if that is worth a line.
  void note(std::string options, const Settings& settings) {
    const Allocation changed = again_(settings);
    const Bytes gain = changed.cache.value - now_.cache.value;
    const bool helps = starts(changed);
    if (gain >= kLeastGain || (helps && !starts_)) changes_.push_back({std::move(options), gain, helps});
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

/// The largest share of a card, in hundredths, that is free after the context.
double largest_utilization(const Allocation& now) {
  const double free = static_cast<double>(now.free_after_context.low.count()) /
                      static_cast<double>(std::max<std::int64_t>(now.settings.total->count(), 1));
  return std::min(static_cast<double>(static_cast<int>(free * 100)) / 100, kMostUtilization);
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
  if (const double share = largest_utilization(now); share > 0.1 && share < 1) {
    changed = base;
    changed.utilization = share;
    if (share != base.utilization) trial.note(fmt::format("--gpu-memory-utilization {:.2f}", share), changed);
  }
  const Tokens longest =
      longest_request(now.plan, base, now.blocks_low, std::min(base.max_model_len, question.model->context_limit));
  if (longest < base.max_model_len && longest > Tokens(0)) {
    changed = base;
    changed.max_model_len = longest;
    trial.note(fmt::format("--max-model-len {}", longest.count()), changed);
  }
  if (!base.eager) {
    changed = base;
    changed.eager = true;
    trial.note("--enforce-eager", changed);
  }
  if (base.tensor_parallel * 2 <= kMaxGpus &&
      (question.device == nullptr || question.device->gpus == 1 || base.gpus() * 2 <= question.device->gpus)) {
    changed = base;
    changed.tensor_parallel *= 2;
    if (changed.gpus() <= kMaxGpus) trial.note(fmt::format("-tp {}", changed.tensor_parallel), changed);
  }
  return trial.take();
}

}  // namespace lfmfit::vllm
