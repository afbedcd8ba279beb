#include "lfmfit/estimate.hpp"

#include <algorithm>
#include <deque>

#include "core/answer/raised_limit.hpp"
#include "core/answer/settle.hpp"
#include "core/answer/warnings.hpp"
#include "core/base/limits.hpp"
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
std::optional<RaisedLimit> with_higher_limit(const Question& settled, const Request& request, const Estimate& answer,
                                             const Capacity& capacity, const EstimateSources& sources) {
  const bool may_be_better = answer.fit->verdict == Verdict::kTight || answer.fit->verdict == Verdict::kPartial ||
                             answer.fit->verdict == Verdict::kTooBig;
  if (settled.device == nullptr || !settled.device->knob || settled.available || !may_be_better) return std::nullopt;
  Question all = settled;
  if (request.placing != Placing::kGiven) {
    all.request = request;
    all.request.context = settled.request.context;
    all.request.gpu_count = settled.request.gpu_count;
  }
  return raised_limit(*settled.device, sources.memory(all), capacity, settled.reserve, answer.fit->verdict);
}

/// Nothing says how fast a model runs that does not fit. (GPUs are for the law to judge: the share of a pool that they
/// may use can be raised.)
bool lacks_memory(const Fit& fit, const Device& device) {
  return std::any_of(fit.places.begin(), fit.places.end(), [&](const PlaceFit& place) {
    return (place.place == kHost && !place.holds()) || (place.place == kPool && place.required > device.memory);
  });
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
  Question settled = question;
  settled.request.gpu_count = gpus_used(question);
  validate(settled.request, *question.backend);
  const Capacity capacity = capacity_of(settled);
  settled.request = settle(settled, capacity, sources.memory);
  require_depth(settled.request);
  Estimate answer;
  answer.request = settled.request;
  const FileSize file = sources.file(question);
  answer.tensor_bytes = file.tensor_bytes;
  answer.file_bytes = file.file_bytes;
  answer.file_low = file.file_low;
  answer.file_high = file.file_high;
  answer.bits_per_weight = file.bits_per_weight;
  answer.memory = sources.memory(settled);
  if (is_known(capacity)) {
    answer.fit = judge(answer.memory, capacity);
    answer.fit->raised = with_higher_limit(settled, question.request, answer, capacity, sources);
  }
  if (question.device != nullptr && !lacks_memory(*answer.fit, *question.device))
    answer.speed = law.speed(settled, sources.workload(settled), answer.memory);
  answer.notes = notes_about(question);
  answer.warnings = warnings_about(settled, answer);
  return answer;
}

}  // namespace lfmfit
