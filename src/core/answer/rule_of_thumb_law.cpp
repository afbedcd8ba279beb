#include "core/answer/rule_of_thumb_law.hpp"

#include "lfmfit/estimate.hpp"
#include "lfmfit/rule_of_thumb.hpp"

namespace lfmfit {

namespace {

MemoryLedger memory(const Question& question, const std::vector<Tensor>&) {
  return rule_of_thumb_memory(*question.model, *question.quantization, question.request.context);
}

std::optional<Workload> workload(const Question&, const std::vector<Tensor>&) { return std::nullopt; }

SharedValue<Speed> speed(const Question& question, const std::optional<Workload>&, const MemoryLedger&) {
  const TokenRate rate = rule_of_thumb_decode_rate(*question.model, *question.quantization, *question.device);
  if (rate <= TokenRate(0)) return std::nullopt;
  Speed speed;
  speed.decode.value = speed.decode.low = speed.decode.high = rate;
  speed.decode.measured = false;
  speed.decode.basis = "rule of thumb of calculator sites";
  return speed;
}

/// The rule knows one place.
Request place(const Question& question, const Surplus&) { return question.request; }

FileSize file(const Question& question, const std::vector<Tensor>&) {
  const Bytes bytes = nominal_file_bytes(*question.model, *question.quantization);
  return {bytes, bytes, bytes, bytes, question.quantization->nominal_bits};
}

std::string release(const Question&) { return ""; }

bool lists(const Quantization& quantization) { return quantization.nominal_bits > 0; }

}  // namespace

constinit const Law kRuleOfThumbLaw = {.runtime = "llama.cpp",
                                       .method = "page",
                                       .name = "rule of thumb of calculator sites",
                                       .usual_context = kCalculatorContext,
                                       .headline_context = kCalculatorContext,
                                       .tells_bands = false,
                                       .tells_driver_share = false,
                                       .release = release,
                                       .memory = memory,
                                       .workload = workload,
                                       .speed = speed,
                                       .place = place,
                                       .file = file,
                                       .lists = lists};

}  // namespace lfmfit
