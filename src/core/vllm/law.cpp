#include "core/vllm/law.hpp"

#include <algorithm>
#include <cmath>

#include "core/vllm/changes.hpp"
#include "core/vllm/ledger.hpp"
#include "core/vllm/rates.hpp"
#include "core/vllm/verdict.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/estimate.hpp"

namespace lfmfit {

namespace {

using vllm::Allocation;
using vllm::Settings;
using vllm::Weights;

/// vLLM's question with the longest max_model_len that starts, where that is asked for.
Allocation settled(const Question& question, Settings settings, const std::vector<Weights>& weights) {
  if (!question.longest_context) return vllm::allocate(question, settings, weights);
  const Tokens limit = question.model->context_limit;
  settings.max_model_len = limit;
  if (!settings.total && !settings.cache_bytes) {
    throw Error(ErrorKind::kBadRequest,
                "the longest max_model_len that starts depends on the memory: name a device, or device_bytes");
  }
  const Allocation most = vllm::allocate(question, settings, weights);
  const Tokens longest = vllm::longest_request(most.plan, settings, most.blocks_low, limit);
  settings.max_model_len = std::max(longest, Tokens(1));
  return vllm::allocate(question, settings, weights);
}

std::int64_t tokens_of(const Allocation& allocation, std::int64_t blocks, std::int64_t each) {
  if (!allocation.settings.version->tokens_by_requests)
    return blocks / static_cast<std::int64_t>(allocation.plan.groups.size()) * allocation.plan.block;
  const double requests = static_cast<double>(blocks) / static_cast<double>(std::max<std::int64_t>(each, 1));
  return static_cast<std::int64_t>(
      std::min(requests * static_cast<double>(allocation.settings.max_model_len.count()), 9e18));
}

VllmAnswer log_of(const Question& question, const Allocation& allocation) {
  const Settings& settings = allocation.settings;
  VllmAnswer answer;
  answer.request = vllm::request_of(settings, allocation.plan.block);
  answer.version = settings.version->name;
  answer.requested = allocation.requested;
  answer.graphs_in_share = settings.counts_graphs;
  answer.needed = allocation.needed;
  answer.block_size = allocation.plan.block;
  answer.blocks = allocation.blocks;
  answer.blocks_a_request = vllm::blocks_a_request(allocation.plan, settings, settings.max_model_len);
  answer.cache_groups = static_cast<std::int64_t>(allocation.plan.groups.size());
  answer.bytes_per_block = Bytes(allocation.plan.page_bytes[allocation.least_stage]);
  answer.maximum_concurrency =
      static_cast<double>(answer.blocks) / static_cast<double>(std::max<std::int64_t>(answer.blocks_a_request, 1));
  answer.kv_cache_tokens = tokens_of(allocation, allocation.blocks, answer.blocks_a_request);
  answer.kv_cache_tokens_low = tokens_of(allocation, allocation.blocks_low, answer.blocks_a_request);
  answer.largest_max_model_len =
      vllm::longest_request(allocation.plan, settings, allocation.blocks, question.model->context_limit);
  return answer;
}

/// The share that is asked for against the least that starts, both at the end of their bands. What is refused does not
/// fit.
Fit fit_of(const Allocation& allocation, VllmVerdict verdict) {
  Fit fit;
  fit.usable = allocation.requested;
  fit.required = allocation.needed_high;
  fit.headroom = fit.usable - fit.required;
  fit.place = static_cast<int>(static_cast<std::int64_t>(allocation.least_stage) * allocation.settings.tensor_parallel);
  for (int gpu = 0; gpu < allocation.memory.gpu_count; ++gpu) fit.places.push_back({gpu, fit.required, fit.usable});
  fit.verdict = Verdict::kTooBig;
  if (verdict == VllmVerdict::kRefuses || verdict == VllmVerdict::kMayRefuse) return fit;
  fit.verdict = Verdict::kTight;
  for (const Verdict better : {Verdict::kRunsWell, Verdict::kRunsGreat}) {
    if (fit.required <= most_for(better, fit.usable)) fit.verdict = better;
  }
  return fit;
}

FileSize file(const Question& question, const std::vector<Tensor>& stored) {
  const std::optional<Bytes>& counted = question.vllm->checkpoint;
  const Bytes bytes = counted ? *counted : vllm::checkpoint_bytes(question, stored, vllm::settings_of(question));
  return checkpoint_size(bytes, *question.model);
}

std::vector<std::string> warnings_of(const Question& question, const Allocation& allocation, const VllmAnswer& log) {
  std::vector<std::string> warnings;
  if (log.verdict == VllmVerdict::kOverruns) warnings.push_back("vLLM " + log.version + ": " + log.reason + ".");
  const Settings& settings = allocation.settings;
  if (settings.draft) {
    warnings.push_back("What drafts (" + settings.draft->method +
                       (settings.draft->model == nullptr && settings.draft->method != "ngram"
                            ? ") is counted as a layer like the model's own; speeds are those without it."
                            : ") is counted in memory; speeds are those without it."));
  }
  if (question.device != nullptr && question.device->gpus > settings.gpus())
    warnings.push_back("vLLM uses " + std::to_string(settings.gpus()) + " of the " +
                       std::to_string(question.device->gpus) + " GPUs; -tp shares the model among more.");
  if (question.device != nullptr && question.device->gpus <= 1 && allocation.settings.gpus() > 1)
    warnings.push_back("This takes " + std::to_string(allocation.settings.gpus()) + " of " + question.device->name +
                       ".");
  if (question.device != nullptr && !question.device->parts.empty())
    warnings.push_back("The GPUs differ; vLLM is worked out as if all were like the first.");
  return warnings;
}

Estimate answer(const Question& question, const std::vector<Tensor>& stored) {
  const Settings settings = vllm::settings_of(question);
  const std::vector<Weights> weights = vllm::weights_of(question, stored, settings);
  const Allocation allocation = settled(question, settings, weights);
  Estimate result;
  result.request = question.request;
  result.request.context = allocation.settings.max_model_len;
  result.request.gpu_count = settings.gpus();
  const FileSize size = file(question, stored);
  result.tensor_bytes = size.tensor_bytes;
  result.file_bytes = size.file_bytes;
  result.file_low = size.file_low;
  result.file_high = size.file_high;
  result.bits_per_weight = size.bits_per_weight;
  result.memory = allocation.memory;
  VllmAnswer log = log_of(question, allocation);
  if (settings.total || settings.cache_bytes) {
    const vllm::Ruling ruling = vllm::ruling_on(question, allocation);
    log.verdict = ruling.verdict;
    log.reason = ruling.reason;
    if (settings.total) result.fit = fit_of(allocation, ruling.verdict);
    log.changes = vllm::changes_of(question, allocation, [&](const Settings& other) {
      const bool same = other.tensor_parallel == settings.tensor_parallel;
      return vllm::allocate(question, other, same ? weights : vllm::weights_of(question, stored, other));
    });
    const bool runs = ruling.verdict == VllmVerdict::kStarts || ruling.verdict == VllmVerdict::kOverruns;
    if (runs) result.speed = vllm::rates_of(question, allocation, weights);
  }
  result.warnings = warnings_of(question, allocation, log);
  result.vllm = std::move(log);
  return result;
}

MemoryLedger memory(const Question& question, const std::vector<Tensor>& stored) {
  return answer(question, stored).memory;
}

/// Its rates need no work counted beforehand.
std::optional<Workload> workload(const Question&, const std::vector<Tensor>&) { return std::nullopt; }

SharedValue<Speed> speed(const Question& question, const std::optional<Workload>&, const MemoryLedger&) {
  return estimate(question).speed;
}

/// vLLM places nothing in host memory.
Request place(const Question& question, const Surplus&) { return question.request; }

bool lists(const Quantization& quantization) { return quantization.listed; }

std::string release(const Question& question) { return "vllm@" + question.vllm->version->name; }

}  // namespace

const char* name_of(VllmVerdict verdict) {
  switch (verdict) {
    case VllmVerdict::kStarts: return "starts";
    case VllmVerdict::kOverruns: return "overruns";
    case VllmVerdict::kMayRefuse: return "may refuse";
    case VllmVerdict::kRefuses: break;
  }
  return "refuses";
}

constinit const Law kVllmLaw = {.runtime = "vllm",
                                .method = "exact",
                                .name = "vLLM",
                                .usual_context = Tokens(0),
                                .headline_context = Tokens(0),
                                .tells_bands = true,
                                .tells_driver_share = false,
                                .release = release,
                                .memory = memory,
                                .workload = workload,
                                .speed = speed,
                                .place = place,
                                .file = file,
                                .lists = lists,
                                .answer = answer};

}  // namespace lfmfit
