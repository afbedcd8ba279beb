#include "core/mlx/law.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/number_text.hpp"
#include "core/mlx/activation.hpp"
#include "core/mlx/cache.hpp"
#include "core/model/tensor_names.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/estimate.hpp"

namespace lfmfit {

namespace {

const MlxFacts& facts_of(const Question& question) { return *question.mlx->facts; }

void require_apple(const Question& question) {
  const std::vector<std::string>& known = facts_of(question).backends;
  if (std::find(known.begin(), known.end(), question.backend->name) != known.end()) return;
  throw Error(
      ErrorKind::kUnsupported,
      fmt::format("MLX is worked out for Apple's GPUs ({}), not for {}; name a Mac (lfmfit list devices apple), "
                  "or leave out the runtime",
                  fmt::join(known, ", "), question.backend->name));
}

Bytes weights_of(const Question& question, const std::vector<Tensor>& stored) {
  if (question.mlx->checkpoint) return *question.mlx->checkpoint;
  Bytes bytes;
  for (const Tensor& tensor : stored) {
    if (!is_rotation_factor(tensor)) bytes += tensor_bytes(tensor.shape, *tensor.stored);
  }
  return bytes;
}

ByteRange banded(const Band& band, double by) {
  const auto bytes = [&](double factor) {
    return Bytes(static_cast<std::int64_t>(std::min(std::round(factor * by), 9e17)));
  };
  return {bytes(band.low), bytes(band.value), bytes(band.high)};
}

void add(MemoryLedger& ledger, MemoryUse use, const ByteRange& bytes, std::string formula, std::string source) {
  ledger.terms.push_back({use, 0, bytes.value, bytes.low, bytes.high, std::move(formula), std::move(source)});
}

MemoryLedger memory(const Question& question, const std::vector<Tensor>& stored) {
  require_apple(question);
  const MlxFacts& facts = facts_of(question);
  const mlx::Cache cache = mlx::cache_of(question);
  const std::int64_t chunk = *question.mlx->request.prefill_step_size;
  MemoryLedger ledger;
  ledger.scene.context = ledger.scene.context_per_sequence = question.request.context;
  ledger.scene.ubatch = std::min(chunk, question.request.context.count());
  const Bytes weights = weights_of(question, stored);
  add(ledger, MemoryUse::kWeights, {weights, weights, weights}, question.quantization->name,
      question.mlx->checkpoint ? "what the folder says" : facts.source);
  add(ledger, MemoryUse::kKvCache, {cache.tokens, cache.tokens, cache.tokens + cache.widest_layer}, cache.formula,
      "a layer that grows is there twice for a moment; " + facts.cache_source);
  if (cache.states > Bytes(0))
    add(ledger, MemoryUse::kState, {cache.states, cache.states, cache.states}, "of convolutions and recurrences",
        facts.cache_source);
  add(ledger, MemoryUse::kCompute, banded(facts.activation, mlx::activation_bytes(question, stored)),
      fmt::format("a chunk of {} tokens, {} command buffers ahead", grouped(ledger.scene.ubatch),
                  facts.commands_in_flight),
      facts.activation_source);
  add(ledger, MemoryUse::kDriver, banded(facts.other_gib, kGib), "what is measured besides", facts.activation_source);
  return ledger;
}

/// Its rates need no work counted beforehand.
std::optional<Workload> workload(const Question&, const std::vector<Tensor>&) { return std::nullopt; }

/// Of `tokens` worked on together: the slower of reading `bytes` and of multiplying, at shares of the data sheet's
/// rates.
SpeedEstimate rate_of(const Question& question, double bytes, double tokens) {
  const MlxFacts& facts = facts_of(question);
  const Device& device = *question.device;
  const double operations = 2.0 * static_cast<double>(active_parameter_count(*question.model)) * tokens;
  const auto rate = [&](double bandwidth, double compute) {
    return TokenRate(tokens / std::max(bytes / (device.bandwidth.value() * bandwidth),
                                       operations / (device.fp16.value() * compute)));
  };
  SpeedEstimate speed;
  speed.low = rate(facts.bandwidth_share.low, facts.compute_share.low);
  speed.value = rate(facts.bandwidth_share.value, facts.compute_share.value);
  speed.high = rate(facts.bandwidth_share.high, facts.compute_share.high);
  speed.time = Seconds(tokens / speed.value.value());
  speed.measured = false;
  speed.basis = "MLX, " + facts.speed_source;
  return speed;
}

bool is_fast_memory(const Question& question, const MemoryLedger& ledger) {
  const Device& device = *question.device;
  return ledger.total(0) <= question.available.value_or(speed_limit(device, device.usable));
}

SharedValue<Speed> speed(const Question& question, const std::optional<Workload>&, const MemoryLedger& ledger) {
  const Device& device = *question.device;
  const bool known = device.bandwidth > Bandwidth(0) && device.fp16 > ComputeRate(0);
  if (!known || !question.model->has_output || !is_fast_memory(question, ledger)) return std::nullopt;
  const auto weights = static_cast<double>(ledger.sum(MemoryUse::kWeights, 0).count());
  const double read = weights * static_cast<double>(active_parameter_count(*question.model)) /
                      static_cast<double>(parameter_count(*question.model));
  const auto cached = static_cast<double>(ledger.sum(MemoryUse::kKvCache, 0).count());
  const double filled =
      static_cast<double>(question.request.depth.count()) / static_cast<double>(question.request.context.count());
  const auto prompt = static_cast<double>(prompt_of(question.request).count());
  Speed result;
  result.decode = rate_of(question, read + cached * filled, 1);
  result.prefill = rate_of(question, weights, std::min(prompt, static_cast<double>(ledger.scene.ubatch)));
  result.time_to_first_token = Seconds(prompt / result.prefill->value.value());
  result.decode_half_context = rate_of(question, read + cached / 2, 1).value;
  result.decode_full_context = rate_of(question, read + cached, 1).value;
  return result;
}

/// All lies in the one pool.
Request place(const Question& question, const Surplus&) { return question.request; }

FileSize file(const Question& question, const std::vector<Tensor>& stored) {
  return checkpoint_size(weights_of(question, stored), *question.model);
}

bool lists(const Quantization& quantization) { return quantization.listed; }

std::string release(const Question& question) { return "mlx@" + facts_of(question).version; }

}  // namespace

constinit const Law kMlxLaw = {.runtime = "mlx",
                               .method = "exact",
                               .name = "MLX",
                               .usual_context = Tokens(4096),
                               .headline_context = Tokens(0),
                               .tells_bands = true,
                               .tells_driver_share = false,
                               .release = release,
                               .memory = memory,
                               .workload = workload,
                               .speed = speed,
                               .place = place,
                               .file = file,
                               .lists = lists};

}  // namespace lfmfit
