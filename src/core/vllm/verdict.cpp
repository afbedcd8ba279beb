#include "core/vllm/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "core/base/number_text.hpp"
#include "core/vllm/draft.hpp"
#include "core/vllm/stages.hpp"

namespace lfmfit::vllm {

namespace {

std::string gib(Bytes bytes) { return fmt::format("{:.2f} GiB", in_gib(bytes)); }

std::string refused_options(const Question& question, const Settings& settings) {
  const std::string sharing = refused_sharing(*question.model, settings);
  if (!sharing.empty()) return sharing;
  if (const std::string draft = refused_draft(*question.model, settings); !draft.empty()) return draft;
  const Tokens limit = question.model->context_limit;
  if (settings.max_model_len > limit)
    return fmt::format("max_model_len {} is more than the {} that the model's configuration allows",
                       grouped(settings.max_model_len.count()), grouped(limit.count()));
  if (settings.tokens < settings.requests)
    return fmt::format("max_num_batched_tokens {} is less than max_num_seqs {}", grouped(settings.tokens),
                       grouped(settings.requests));
  const std::string& capability = settings.compute_capability;
  if (!capability.empty() && std::strtod(capability.c_str(), nullptr) < settings.facts->least_compute_capability)
    return fmt::format("GPUs of compute capability {} are older than vLLM's kernels, which need {:.1f}", capability,
                       settings.facts->least_compute_capability);
  return "";
}

std::string too_short(const Question& question, const Allocation& allocation, std::int64_t blocks) {
  const Settings& settings = allocation.settings;
  if (allocation.cache.value <= Bytes(0))
    return fmt::format("no memory is left for the cache: {} are missing before its first block",
                       gib(Bytes(0) - allocation.cache.value));
  const std::int64_t page = allocation.plan.page_bytes[allocation.least_stage];
  const Bytes wanted(checked_multiply(blocks_a_request(allocation.plan, settings, settings.max_model_len), page));
  const Tokens longest = longest_request(allocation.plan, settings, blocks,
                                         std::min(settings.max_model_len, question.model->context_limit));
  return fmt::format("one request of {} tokens needs {} of cache and there is room for {}; the longest that fits is {}",
                     grouped(settings.max_model_len.count()), gib(wanted), gib(Bytes(checked_multiply(blocks, page))),
                     grouped(longest.count()));
}

}  // namespace

Ruling ruling_on(const Question& question, const Allocation& allocation) {
  const Settings& settings = allocation.settings;
  if (const std::string reason = refused_options(question, settings); !reason.empty())
    return {VllmVerdict::kRefuses, reason};
  const ByteRange& free = allocation.free_after_context;
  const bool checks_free = settings.total && !settings.profile->counts_context;
  if (checks_free && free.low < allocation.requested)
    return {free.high < allocation.requested ? VllmVerdict::kRefuses : VllmVerdict::kMayRefuse,
            fmt::format("about {} of {} are free at the start, and it asks for {}", gib(std::max(free.value, Bytes(0))),
                        gib(*settings.total), gib(allocation.requested))};
  const std::int64_t wanted = blocks_a_request(allocation.plan, settings, settings.max_model_len);
  if (allocation.blocks_low < wanted) {
    const bool at_best = blocks_of(allocation.plan, allocation.cache.high, allocation.least_stage) >= wanted;
    const bool is_likely = allocation.blocks < wanted;
    return {at_best ? VllmVerdict::kMayRefuse : VllmVerdict::kRefuses,
            (is_likely ? "" : "where activation and graphs are at the end of their bands, ") +
                too_short(question, allocation, is_likely ? allocation.blocks : allocation.blocks_low)};
  }
  const Bytes beyond =
      settings.counts_graphs ? allocation.graphs.high - allocation.graphs.value : allocation.graphs.value;
  if (!settings.total) return {};
  const Bytes free_then = checks_free ? free.value : *settings.total - settings.reserve;
  if (const Bytes left = free_then - allocation.requested; left < beyond)
    return {VllmVerdict::kOverruns, fmt::format("CUDA graphs may take {} beyond the share, and {} are left of the card",
                                                gib(beyond), gib(left))};
  return {};
}

}  // namespace lfmfit::vllm
