#include "lfmfit/estimate.hpp"

#include <algorithm>

#include "lfmfit/error.hpp"
#include "lfmfit/rule_of_thumb.hpp"

namespace lfmfit {

namespace {

/// The ledger with the driver's share on each GPU (or the host without GPUs) replaced by `bytes`, which is then
/// certain.
MemoryLedger with_driver_share(MemoryLedger ledger, Bytes bytes) {
  std::erase_if(ledger.terms, [](const MemoryTerm& term) { return term.use == MemoryUse::kDriver; });
  const int first = ledger.gpu_count > 0 ? 0 : kHost;
  for (int place = first; place < ledger.gpu_count; ++place) {
    ledger.terms.push_back({MemoryUse::kDriver, place, bytes, bytes, bytes, "as given", "the request"});
  }
  return ledger;
}

void add_beside(MemoryLedger& ledger, const Question& question) {
  const int place = ledger.gpu_count > 0 ? 0 : kHost;
  for (const BesideModel& beside : question.beside) {
    const Bytes bytes = buffer_bytes(beside.tensors, *question.backend);
    ledger.terms.push_back({MemoryUse::kWeights, place, bytes, bytes, bytes, beside.what, "the file's header"});
  }
}

MemoryLedger memory_of(const Question& question, const std::vector<Tensor>& stored, Tokens context) {
  if (question.method == Method::kRuleOfThumb)
    return rule_of_thumb_memory(*question.model, *question.quantization, context);
  Request request = question.request;
  request.context = context;
  const MemoryContext facts{*question.backend, *question.type_k, *question.type_v,
                            question.device != nullptr ? question.device->generation : std::string()};
  MemoryLedger ledger = estimate_memory(*question.model, stored, request, facts);
  add_beside(ledger, question);
  return question.driver_share ? with_driver_share(std::move(ledger), *question.driver_share) : ledger;
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

/// Sites print a speed without a band and none for prompts.
std::optional<Speed> rule_of_thumb_speed(const Question& question, const Device& device) {
  const TokenRate rate = rule_of_thumb_decode_rate(*question.model, *question.quantization, device);
  if (rate <= TokenRate(0)) return std::nullopt;
  Speed speed;
  speed.decode.value = speed.decode.low = speed.decode.high = rate;
  speed.decode.measured = false;
  speed.decode.basis = "rule of thumb of calculator sites";
  return speed;
}

TokenRate decode_at(std::int64_t depth, const Workload& workload, const SpeedTarget& target) {
  Workload deeper = workload;
  deeper.depth = depth;
  return decode_rate(deeper, target);
}

Speed measured_speed(const Question& question, const Workload& workload, const SpeedTarget& target) {
  Speed speed;
  speed.decode = estimate_decode(workload, target);
  if (question.request.parallel > 1) speed.throughput = estimate_decode(workload, target, question.request.parallel);
  speed.prefill = estimate_prefill(workload, target);
  const std::int64_t prompt = question.request.depth > Tokens(0) ? question.request.depth.count() : workload.ubatch;
  speed.time_to_first_token = time_to_first_token(workload, target, Tokens(prompt));
  const std::int64_t context = tokens_of_each(question.request).count();
  speed.decode_half_context = decode_at(context / 2, workload, target);
  speed.decode_full_context = decode_at(context, workload, target);
  return speed;
}

}  // namespace

const char* name_of(Method method) { return method == Method::kRuleOfThumb ? "page" : "exact"; }

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
  if (question.speed_constants == nullptr || question.method == Method::kRuleOfThumb) return std::nullopt;
  return count_work(*question.model, stored, question.request, {*question.type_k, *question.type_v},
                    question.backend->is_cpu, *question.speed_constants);
}

Bytes speed_limit(const Device& device, Bytes usable) {
  return device.device_class == DeviceClass::kUnified ? std::max(usable, device.memory) : usable;
}

std::optional<Speed> speed_on(const Device& device, const Question& question, const std::optional<Workload>& workload,
                              const MemoryLedger& memory, Bytes usable) {
  if (question.method == Method::kRuleOfThumb) return rule_of_thumb_speed(question, device);
  if (!workload || !workload->generates) return std::nullopt;
  const Bytes limit = question.available ? usable : speed_limit(device, usable);
  if (memory.total(memory.tightest_place()) > limit) return std::nullopt;
  const SpeedTarget target{device,
                           *question.backend,
                           *question.speed_constants,
                           std::max(1, question.request.gpu_count),
                           question.request.split_mode,
                           question.explain};
  try {
    return measured_speed(question, *workload, target);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUnsupported) throw;
    return std::nullopt;
  }
}

Estimate estimate(const Question& question) {
  return estimate(question, quantize(*question.model, *question.quantization, question.request.importance_matrix));
}

Estimate estimate(const Question& question, const std::vector<Tensor>& stored) {
  validate(question.request);
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
  const bool page = question.method == Method::kRuleOfThumb;
  answer.tensor_bytes = page ? nominal_file_bytes(*question.model, *question.quantization) : total_bytes(stored);
  answer.file_bytes =
      page ? answer.tensor_bytes : answer.tensor_bytes + question.model->file_overhead.value_or(Bytes(0));
  answer.bits_per_weight = page ? question.quantization->nominal_bits
                                : 8.0 * static_cast<double>(answer.tensor_bytes.count()) /
                                      static_cast<double>(parameter_count(*question.model));
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
