#include "core/answer/fleet_option.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/refusal.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kMostUsers = 256;  // sequences that the runtimes take

/// Whether a replica does what is asked, and what is wrong if not.
enum class Serves { kYes, kTooBig, kTooSlow };

TokenRate low_of_each(const Estimate& estimate, std::int64_t users) {
  if (!estimate.speed) return TokenRate(0);
  const SpeedEstimate& all = estimate.speed->throughput ? *estimate.speed->throughput : estimate.speed->decode;
  return all.low / static_cast<double>(estimate.speed->throughput ? users : 1);
}

/// Whether the share of each GPU that vLLM asks for is free there.
bool has_share(const FleetPool& pool, const Estimate& estimate) {
  return !estimate.vllm || estimate.vllm->requested <= pool.device.usable;
}

/// Whether the cache that vLLM fills its share with holds all users at once.
bool holds_users(const FleetModel& model, const Estimate& estimate, std::int64_t users) {
  if (!estimate.vllm) return true;
  return estimate.vllm->kv_cache_tokens_low / users >= model.question.request.context.count();
}

Serves serves(const FleetModel& model, const FleetPool& pool, const Estimate& estimate, std::int64_t users) {
  if (!fits(*estimate.fit) || estimate.fit->verdict == Verdict::kPartial || !has_share(pool, estimate) ||
      !holds_users(model, estimate, users))
    return Serves::kTooBig;
  return model.min_speed && low_of_each(estimate, users) < *model.min_speed ? Serves::kTooSlow : Serves::kYes;
}

std::string why_not(const FleetModel& model, const FleetPool& pool, const Estimate& estimate) {
  if (serves(model, pool, estimate, 1) == Serves::kTooSlow)
    return fmt::format("too slow: {:.1f} tokens/s at least for one user, {:g} asked", low_of_each(estimate, 1).value(),
                       model.min_speed->value());
  if (!has_share(pool, estimate)) {
    return fmt::format("vLLM asks for {:.2f} GB, and {:.2f} are free", in_gb(estimate.vllm->requested),
                       in_gb(pool.device.usable));
  }
  if (fits(*estimate.fit) && !holds_users(model, estimate, 1)) return "its cache does not hold the context of one user";
  return fmt::format("too big: needs {:.2f} of {:.2f} GB", in_gb(estimate.fit->required), in_gb(estimate.fit->usable));
}

/// Slots that a replica may have: all free ones of one node, a single one where it is a part of a GPU.
int most_gpus(const FleetPool& pool) {
  std::int64_t most = 0;
  for (const FleetNode& node : pool.nodes) most = std::max(most, node.free);
  const bool single = pool.is_part || pool.device.device_class == DeviceClass::kUnified ||
                      pool.device.device_class == DeviceClass::kCpu;
  return static_cast<int>(std::min<std::int64_t>(most, single ? 1 : kMaxGpus));
}

}  // namespace

Question replica_question(const FleetModel& model, const FleetPool& pool, int gpus, std::int64_t users,
                          Device& machine) {
  machine = pool.device;
  if (gpus > 1) {
    machine.gpus = gpus;
    machine.device_class = DeviceClass::kServer;
  }
  Question question = model.question;
  question.device = &machine;
  question.backend = pool.backend;
  if (question.vllm) {
    question.vllm->request.tensor_parallel_size = gpus;
    question.vllm->request.max_num_seqs = users;
    return question;
  }
  question.request.gpu_count = kAllGpus;
  question.request.placing = Placing::kGiven;
  question.request.gpu_layers = -1;
  question.request.parallel = users;
  question.request.context = model.question.request.context * users;
  return question;
}

Estimate estimate_replica(const FleetModel& model, const FleetPool& pool, int gpus, std::int64_t users,
                          Question& question) {
  Device machine;
  question = replica_question(model, pool, gpus, users, machine);
  Estimate estimate = lfmfit::estimate(question);
  question.device = nullptr;
  return estimate;
}

FleetOption option_of(const FleetModel& model, const FleetPool& pool) {
  FleetOption option;
  option.free = pool.free();
  const auto ask = [&](int gpus, std::int64_t users) {
    Question question;
    return unless_refused([&] { return estimate_replica(model, pool, gpus, users, question); });
  };
  const int most = most_gpus(pool);
  if (most == 0) option.why_not = "no slot is free";
  for (int gpus = 1; gpus <= most && option.gpus == 0; ++gpus) {
    auto estimate = ask(gpus, 1);
    if (!estimate) {
      if (option.why_not.empty()) option.why_not = "lfmfit cannot answer for this model there";
      continue;
    }
    const Serves now = serves(model, pool, *estimate, 1);
    if (now == Serves::kYes) option.gpus = gpus;
    option.why_not = now == Serves::kYes ? "" : why_not(model, pool, *estimate);
    option.estimate = std::move(estimate);
  }
  if (option.gpus == 0) return option;
  std::int64_t good = 1, bad = std::min(kMostUsers, model.users) + 1;
  while (bad - good > 1) {
    const std::int64_t middle = good + (bad - good) / 2;
    auto estimate = ask(option.gpus, middle);
    if (estimate && serves(model, pool, *estimate, middle) == Serves::kYes) {
      good = middle;
      option.estimate = std::move(estimate);
    } else {
      bad = middle;
    }
  }
  option.users = good;
  for (const FleetNode& node : pool.nodes) option.replicas += node.free / option.gpus;
  return option;
}

}  // namespace lfmfit
