#include "lfmfit/estimate.hpp"

#include <algorithm>

#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

void require(const void* part, const char* name, const char* how) {
  if (part != nullptr) return;
  throw Error(ErrorKind::kBadRequest, std::string("the question has no ") + name + "; " + how);
}

MemoryLedger memory_of(const Question& question, const std::vector<Tensor>& stored, Tokens context) {
  Question here = question;
  here.request.context = context;
  return law_of(question).memory(here, stored);
}

bool fits(const Question& question, const std::vector<Tensor>& stored, Tokens context, Bytes available) {
  const MemoryLedger ledger = memory_of(question, stored, context);
  return ledger.total_high(ledger.tightest_place()) <= available;
}

std::optional<Bytes> available_to(const Question& question) {
  if (question.available) return question.available;
  if (question.device != nullptr) return question.device->usable;
  return std::nullopt;
}

}  // namespace

void require_complete(const Question& question) {
  require(question.model, "model", "take one of Catalog::models()");
  require(question.quantization, "quantization", "take one of Catalog::quantizations()");
  require(question.backend, "backend", "take one of Catalog::backends()");
  require(question.cache.k, "type of cached keys", "take Catalog::tensor_type(\"f16\")");
  require(question.cache.v, "type of cached values", "take Catalog::tensor_type(\"f16\")");
}

Tokens longest_context(const Question& question, const std::vector<Tensor>& stored, Bytes available) {
  const std::int64_t sequences = std::max<std::int64_t>(question.request.parallel, 1);
  const Tokens step = 256 * Tokens(question.request.kv_unified ? 1 : sequences);
  const Tokens limit = question.model->context_limit * sequences;
  if (fits(question, stored, limit, available)) return limit;
  std::int64_t fitting = 1;  // steps; more than `fitting` and less than `too_many` are not known yet
  std::int64_t too_many = std::max<std::int64_t>(round_up(limit.count(), step.count()) / step.count(), 1);
  while (too_many - fitting > 1) {
    const std::int64_t middle = fitting + (too_many - fitting) / 2;
    (fits(question, stored, step * middle, available) ? fitting : too_many) = middle;
  }
  return step * fitting;
}

std::optional<Workload> workload_of(const Question& question, const std::vector<Tensor>& stored) {
  return law_of(question).workload(question, stored);
}

Bytes speed_limit(const Device& device, Bytes usable) {
  return device.device_class == DeviceClass::kUnified ? std::max(usable, device.memory) : usable;
}

std::optional<Speed> speed_on(const Device& device, const Question& question, const std::optional<Workload>& workload,
                              const MemoryLedger& memory, Bytes usable) {
  return law_of(question).speed(device, question, workload, memory, usable);
}

std::vector<Tensor> stored_tensors(const Question& question) {
  const bool importance_matrix = question.request.importance_matrix || question.quantization->needs_importance_matrix;
  return quantize(*question.model, *question.quantization, importance_matrix);
}

Estimate estimate(const Question& question) {
  require_complete(question);
  return estimate(question, stored_tensors(question));
}

Estimate estimate(const Question& question, const std::vector<Tensor>& stored) {
  require_complete(question);
  validate(question.request, *question.backend);
  Estimate answer;
  answer.request = question.request;
  answer.available = available_to(question);
  if (question.longest_context) {
    if (!answer.available) {
      throw Error(ErrorKind::kBadRequest,
                  "the longest context that fits depends on the memory: name a device, or available_bytes");
    }
    answer.request.context = longest_context(question, stored, *answer.available);
  }
  const FileSize file = law_of(question).file(question, stored);
  answer.tensor_bytes = file.tensor_bytes;
  answer.file_bytes = file.file_bytes;
  answer.bits_per_weight = file.bits_per_weight;
  answer.memory = memory_of(question, stored, answer.request.context);
  if (answer.available) answer.fit = judge(answer.memory, *answer.available);
  if (question.device != nullptr) {
    Question answered = question;
    answered.request = answer.request;
    answer.speed =
        speed_on(*question.device, answered, workload_of(answered, stored), answer.memory, *answer.available);
  }
  return answer;
}

}  // namespace lfmfit
