#include <algorithm>

#include "lfmfit/error.hpp"
#include "lfmfit/estimate.hpp"
#include "lfmfit/page_method.hpp"

namespace lfmfit {

namespace {

/// Sites print a speed without a band and none for prompts.
std::optional<Speed> page_speed(const Question& question, const Device& device) {
  const TokenRate rate = page_decode_rate(*question.model, *question.quantization, device);
  if (rate <= TokenRate(0)) return std::nullopt;
  Speed speed;
  speed.decode.value = speed.decode.low = speed.decode.high = rate;
  speed.decode.measured = false;
  speed.decode.basis = "rule of thumb of calculator sites";
  return speed;
}

/// The limit of a machine with one pool can be raised by its owner, so that it ends at the pool itself.
Bytes most_usable(const Device& device, const Question& question, Bytes usable) {
  return device.device_class == DeviceClass::kUnified && !question.available ? std::max(usable, device.memory) : usable;
}

TokenRate decode_at(std::int64_t depth, const Workload& workload, const SpeedTarget& target) {
  Workload deeper = workload;
  deeper.depth = depth;
  return estimate_decode(deeper, target).value;
}

Speed speed_of(const Workload& workload, const SpeedTarget& target, const Request& request) {
  const std::int64_t sequences = std::max<std::int64_t>(request.parallel, 1);
  const std::int64_t context = request.kv_unified ? request.context.count() : request.context.count() / sequences;
  Speed speed;
  speed.decode = estimate_decode(workload, target);
  speed.prefill = estimate_prefill(workload, target);
  SpeedTarget quick = target;
  quick.explain = false;
  speed.time_to_first_token = time_to_first_token(workload, quick, Tokens(workload.depth > 0 ? workload.depth : workload.ubatch));
  speed.decode_half_context = decode_at(context / 2, workload, quick);
  speed.decode_full_context = decode_at(context, workload, quick);
  if (sequences > 1) speed.together = estimate_decode(workload, target, sequences);
  return speed;
}

}  // namespace

Workload workload_of(const Question& question, const std::vector<Tensor>& stored) {
  return count_work(*question.model, stored, question.request, {*question.type_k, *question.type_v}, question.backend->is_cpu,
                    *question.speed_constants);
}

std::optional<Speed> speed_on(const Device& device, const Question& question, const Workload& workload,
                              const MemoryLedger& memory, Bytes usable) {
  if (question.method == Method::kPage) return page_speed(question, device);
  if (!workload.generates || memory.total(memory.tightest_place()) > most_usable(device, question, usable)) return std::nullopt;
  const Request& request = question.request;
  try {
    return speed_of(workload, {device, *question.backend, *question.speed_constants, request.gpu_count, request.split_mode, question.explains_speed},
                    request);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUnsupported) throw;
    return std::nullopt;
  }
}

}  // namespace lfmfit
