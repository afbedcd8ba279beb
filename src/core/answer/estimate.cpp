#include "lfmfit/estimate.hpp"

#include <algorithm>
#include <deque>

#include "core/answer/raised_limit.hpp"
#include "core/answer/settle.hpp"
#include "core/answer/warnings.hpp"
#include "core/base/limits.hpp"
#include "core/llamacpp/compute_plans.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

void require(const void* part, const char* name, const char* how) {
  if (part != nullptr) return;
  throw Error(ErrorKind::kBadRequest, std::string("the question has no ") + name + "; " + how);
}

/// Prompts and answers fill the context: more than that cannot lie in it.
void require_depth(const Request& request) {
  const Tokens each = tokens_of_each(request);
  if (request.depth <= each) return;
  throw Error(ErrorKind::kBadRequest, "a depth of " + std::to_string(request.depth.count()) +
                                          " tokens is more than the context of a request, which is " +
                                          std::to_string(each.count()));
}

std::int64_t gpus_used(const Question& question) {
  if (question.request.gpu_count != kAllGpus) return question.request.gpu_count;
  return question.device != nullptr ? std::min(question.device->gpus, kMaxGpus) : 1;
}

/// What a higher limit of the pool would do for `settled`, which was asked for as `request`.
std::optional<RaisedLimit> with_higher_limit(const Question& settled, const Request& request, Verdict verdict,
                                             const Capacity& capacity, const EstimateSources& sources) {
  const bool may_be_better = verdict == Verdict::kTight || verdict == Verdict::kPartial || verdict == Verdict::kTooBig;
  if (settled.device == nullptr || !settled.device->knob || settled.available || !may_be_better) return std::nullopt;
  Question all = settled;
  if (request.placing != Placing::kGiven) {
    all.request = request;
    all.request.context = settled.request.context;
    all.request.gpu_count = settled.request.gpu_count;
  }
  return raised_limit(*settled.device, sources.memory(all), capacity, settled.reserve, verdict);
}

/// Nothing says how fast a model runs that does not fit. (GPUs are for the law to judge: the share of a pool that they
/// may use can be raised.)
bool lacks_memory(const Fit& fit, const Device& device) {
  return std::any_of(fit.places.begin(), fit.places.end(), [&](const PlaceFit& place) {
    return (place.place == kHost && !place.holds()) || (place.place == kPool && place.required > device.memory);
  });
}

/// A question with all of its request, and what follows for memory and speed.
struct Settled {
  Question question;
  const MemoryLedger* memory = nullptr;
  std::optional<Fit> fit{};
  SharedValue<Speed> speed{};
};

Settled settled_from(const Question& question, const EstimateSources& sources) {
  Settled settled{question};
  Request& request = settled.question.request;
  request.gpu_count = gpus_used(question);
  validate(request, *question.backend);
  const Capacity capacity = capacity_of(settled.question);
  request = settle(settled.question, capacity, sources.memory);
  require_depth(request);
  const MemoryLedger& memory = sources.memory(settled.question);
  settled.memory = &memory;
  if (is_known(capacity)) {
    settled.fit = judge(memory, capacity);
    settled.fit->raised =
        with_higher_limit(settled.question, question.request, settled.fit->verdict, capacity, sources);
  }
  if (question.device != nullptr && !lacks_memory(*settled.fit, *question.device))
    settled.speed = law_of(question).speed(settled.question, sources.workload(settled.question), memory);
  return settled;
}

}  // namespace

void require_complete(const Question& question) {
  require(question.model, "model", "take one of Catalog::models()");
  require(question.quantization, "quantization", "take one of Catalog::quantizations()");
  require(question.backend, "backend", "take one of Catalog::backends()");
  require(question.cache.k, "type of cached keys", "take Catalog::tensor_type(\"f16\")");
  require(question.cache.v, "type of cached values", "take Catalog::tensor_type(\"f16\")");
}

std::optional<Workload> workload_of(const Question& question, const std::vector<Tensor>& stored) {
  return law_of(question).workload(question, stored);
}

Bytes speed_limit(const Device& device, Bytes usable) {
  return device.device_class == DeviceClass::kUnified ? std::max(usable, device.memory) : usable;
}

std::vector<Tensor> stored_tensors(const Question& question) {
  const Quantization& quantization = *question.quantization;
  const bool importance_matrix = question.request.importance_matrix.value_or(quantization.importance_matrix);
  std::vector<Tensor> stored = quantize(*question.model, quantization, importance_matrix);
  if (importance_matrix || !quantization.needs_importance_matrix) return stored;
  // rows of odd lengths fall back to types that need no matrix; if all do, the file can be made without one
  const bool needs_one = std::any_of(stored.begin(), stored.end(),
                                     [&](const Tensor& tensor) { return tensor.stored == quantization.default_type; });
  return needs_one ? quantize(*question.model, quantization, true) : stored;
}

Estimate estimate(const Question& question) {
  require_complete(question);
  return estimate(question, stored_tensors(question));
}

Estimate estimate(const Question& question, const std::vector<Tensor>& stored) {
  // the same memory is asked for more than once where the placing or the context is to be found
  const bool asks_again =
      question.request.placing != Placing::kGiven || question.longest_context || question.shrinks_context;
  if (asks_again && !question.plans) return estimate(with_plans(question), stored);
  const Law& law = law_of(question);
  std::deque<MemoryLedger> ledgers;
  return estimate_from(
      question, stored,
      {[&](const Question& asked) -> const MemoryLedger& { return ledgers.emplace_back(law.memory(asked, stored)); },
       [&](const Question& asked) { return law.workload(asked, stored); },
       [&](const Question& asked) { return law.file(asked, stored); }});
}

Estimate estimate_from(const Question& question, const std::vector<Tensor>& stored, const EstimateSources& sources) {
  require_complete(question);
  const Law& law = law_of(question);
  if (law.answer != nullptr) {
    Estimate own = law.answer(question, stored);
    own.notes = notes_about(question);
    return own;
  }
  Settled settled = settled_from(question, sources);
  Estimate answer;
  answer.request = settled.question.request;
  const FileSize file = sources.file(question);
  answer.tensor_bytes = file.tensor_bytes;
  answer.file_bytes = file.file_bytes;
  answer.file_low = file.file_low;
  answer.file_high = file.file_high;
  answer.bits_per_weight = file.bits_per_weight;
  answer.memory = *settled.memory;
  answer.fit = std::move(settled.fit);
  answer.speed = std::move(settled.speed);
  answer.notes = notes_about(question);
  answer.warnings = warnings_about(settled.question, answer);
  return answer;
}

Judged judged_from(const Question& question, const std::vector<Tensor>& stored, const EstimateSources& sources) {
  require_complete(question);
  const Law& law = law_of(question);
  if (law.answer != nullptr) {
    Estimate own = law.answer(question, stored);
    return {std::move(own.request), std::move(*own.fit), std::move(own.speed), own.memory.expert_layers_on_host};
  }
  Settled settled = settled_from(question, sources);
  return {std::move(settled.question.request), std::move(*settled.fit), std::move(settled.speed),
          settled.memory->expert_layers_on_host};
}

}  // namespace lfmfit
