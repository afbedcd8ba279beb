#include "core/answer/trials.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/refusal.hpp"
#include "core/llamacpp/placement.hpp"

namespace lfmfit {

namespace {

constexpr const char* kSmallCacheOfVllm = "fp8";
constexpr std::int64_t kSmallCacheOfMlx = 8;
constexpr std::int64_t kFewRequestsOfVllm = 128, kFewTokensOfVllm = 2048;

std::optional<Variation> with_small_cache_of_vllm(const Question& question) {
  const std::optional<std::string>& now = question.vllm->request.kv_cache_dtype;
  if (now && *now != "auto") return std::nullopt;
  Variation variation{{Setting::Kind::kCacheType, 0, kSmallCacheOfVllm}, question};
  variation.question.vllm->request.kv_cache_dtype = kSmallCacheOfVllm;
  return variation;
}

std::optional<Variation> with_small_cache_of_mlx(const Question& question) {
  const MlxRequest& request = question.mlx->request;
  if (request.kv_bits || request.max_kv_size) return std::nullopt;
  Variation variation{{Setting::Kind::kCacheType, kSmallCacheOfMlx, fmt::format("{}-bit", kSmallCacheOfMlx)}, question};
  variation.question.mlx->request.kv_bits = kSmallCacheOfMlx;
  return variation;
}

/// Whether every GPU, or the one pool, holds its part; the host may not.
bool gpus_hold(const std::optional<Estimate>& answer) {
  return answer && answer->fit &&
         std::all_of(answer->fit->places.begin(), answer->fit->places.end(),
                     [](const PlaceFit& place) { return place.place == kHost || place.holds(); });
}

/// The least of [first, last) with which the GPUs hold their part when `put` into the request.
std::optional<std::int64_t> least_moved(const Question& question, std::int64_t first, std::int64_t last,
                                        const std::function<void(Request&, std::int64_t)>& put, Trials& trials) {
  return first_that(first, last, [&](std::int64_t moved) {
    Question changed = question;
    put(changed.request, moved);
    return gpus_hold(trials.fit_of(changed));
  });
}

}  // namespace

const std::vector<Tensor>* Trials::stored_of(const Question& question) {
  auto known = stored_.find(question.quantization);
  if (known == stored_.end())
    known = stored_.emplace(question.quantization, unless_refused([&] { return stored_tensors(question); })).first;
  return known->second ? &*known->second : nullptr;
}

std::optional<Estimate> Trials::answer(const Question& question) {
  const std::vector<Tensor>* stored = stored_of(question);
  if (stored == nullptr) return std::nullopt;
  Question asked = question;
  if (!asked.plans) asked.plans = plans_;
  std::optional<Estimate> answer = unless_refused([&] { return estimate(asked, *stored); });
  return answer && answer->fit ? answer : std::nullopt;
}

std::optional<Estimate> Trials::fit_of(Question question) {
  question.speed_constants = nullptr;
  return answer(question);
}

std::optional<Bytes> Trials::bytes_of(Question question, const Quantization& quantization) {
  question.quantization = &quantization;
  const std::vector<Tensor>* stored = stored_of(question);
  if (stored == nullptr) return std::nullopt;
  return unless_refused([&] { return law_of(question).file(question, *stored).tensor_bytes; });
}

std::optional<Variation> with_small_cache(const Question& question, const TensorType* type) {
  if (question.vllm) return with_small_cache_of_vllm(question);
  if (question.mlx) return with_small_cache_of_mlx(question);
  if (type == nullptr || question.cache.k->quantized || question.cache.v->quantized) return std::nullopt;
  Variation variation{{Setting::Kind::kCacheType, 0, type->name}, question};
  variation.question.cache = {type, type};
  return variation;
}

std::vector<Variation> over_more_gpus(const Question& question) {
  std::vector<Variation> variations;
  if (!question.vllm || question.device == nullptr) return variations;
  const VllmRequest& request = question.vllm->request;
  if (request.tensor_parallel_size || request.pipeline_parallel_size || request.data_parallel_size) return variations;
  for (std::int64_t gpus = 2; gpus <= question.device->gpus; gpus *= 2) {
    Variation variation{{Setting::Kind::kTensorParallel, gpus}, question};
    variation.question.vllm->request.tensor_parallel_size = gpus;
    variations.push_back(std::move(variation));
  }
  return variations;
}

std::vector<Variation> with_smaller_batch(const Question& question, const Estimate& now) {
  std::vector<Variation> variations;
  if (!question.vllm || !now.vllm) return variations;
  if (now.vllm->request.max_num_seqs.value_or(0) > kFewRequestsOfVllm) {
    Variation variation{{Setting::Kind::kRequestsAtOnce, kFewRequestsOfVllm}, question};
    variation.question.vllm->request.max_num_seqs = kFewRequestsOfVllm;
    variations.push_back(std::move(variation));
  }
  if (now.vllm->request.max_num_batched_tokens.value_or(0) > kFewTokensOfVllm) {
    Variation variation{{Setting::Kind::kTokensAStep, kFewTokensOfVllm}, question};
    variation.question.vllm->request.max_num_batched_tokens = kFewTokensOfVllm;
    variations.push_back(std::move(variation));
  }
  return variations;
}

Question all_on_gpus(Question question) {
  if (question.request.placing == Placing::kWhereNeeded) question.request.placing = Placing::kGiven;
  return question;
}

std::optional<Variation> placed_by_hand(const Question& question, Trials& trials) {
  const Request& request = question.request;
  const bool is_told = request.cpu_moe || !request.overrides.empty() || !request.overflows.empty();
  if (question.vllm || question.backend->is_cpu || is_told || &law_of(question) != laws().front()) return std::nullopt;
  Question base = question;
  base.request.placing = Placing::kGiven;
  const auto layers = static_cast<std::int64_t>(question.model->blocks.size());
  const auto put_experts = [](Request& into, std::int64_t moved) { into.n_cpu_moe = moved; };
  const auto put_layers = [layers](Request& into, std::int64_t moved) { into.gpu_layers = layers + 1 - moved; };
  if (expert_count(*question.model) > 0) {
    const auto moved = least_moved(base, request.n_cpu_moe + 1, layers + 1, put_experts, trials);
    if (moved) {
      put_experts(base.request, *moved);
      return Variation{{Setting::Kind::kExpertsOnHost, *moved}, base};
    }
  }
  const std::int64_t on_host = request.gpu_layers < 0 ? 0 : std::max<std::int64_t>(0, layers + 1 - request.gpu_layers);
  const auto moved = least_moved(base, on_host + 1, layers + 2, put_layers, trials);
  if (!moved) return std::nullopt;
  put_layers(base.request, *moved);
  return Variation{{Setting::Kind::kLayersOnGpu, base.request.gpu_layers}, base};
}

std::optional<Tokens> longest_that(const Question& question, Tokens least,
                                   const std::function<bool(const Question&)>& does) {
  const std::int64_t sequences =
      question.vllm || question.request.kv_unified ? 1 : std::max<std::int64_t>(question.request.parallel, 1);
  const std::int64_t step = question.vllm ? 1 : checked_multiply(kCellStep, sequences);
  const std::int64_t last = (question.request.context.count() - 1) / step, first = round_up(least.count(), step) / step;
  // counted down from the longest, so that it is the first that does
  const auto shorter = first_that(0, last - first + 1, [&](std::int64_t less) {
    Question changed = question;
    changed.longest_context = changed.shrinks_context = false;
    changed.request.context = Tokens((last - less) * step);
    return does(changed);
  });
  return shorter ? std::optional(Tokens((last - *shorter) * step)) : std::nullopt;
}

std::optional<std::int64_t> first_that(std::int64_t first, std::int64_t last,
                                       const std::function<bool(std::int64_t)>& does) {
  const std::int64_t end = last;
  while (first < last) {
    const std::int64_t middle = first + (last - first) / 2;
    if (does(middle)) {
      last = middle;
    } else {
      first = middle + 1;
    }
  }
  return first < end ? std::optional(first) : std::nullopt;
}

}  // namespace lfmfit
