#include "core/llamacpp/law.hpp"

#include <algorithm>

#include "core/base/refusal.hpp"
#include "core/llamacpp/automatic_placement.hpp"
#include "core/llamacpp/mix_bounds.hpp"
#include "core/llamacpp/speculation.hpp"
#include "lfmfit/estimate.hpp"
#include "lfmfit/workload_speeds.hpp"

namespace lfmfit {

namespace {

/// The ledger with the driver's share on each GPU (or the host without GPUs) replaced by `bytes`, which is then
/// certain.
MemoryLedger with_driver_share(MemoryLedger ledger, Bytes bytes) {
  std::erase_if(ledger.terms, [](const MemoryTerm& term) { return term.use == MemoryUse::kDriver; });
  const int first = ledger.gpu_count > 0 ? 0 : kHost;
  for (int place = first; place < ledger.gpu_count; ++place) {
    if (place != kHost && !ledger.uses(place)) continue;
    ledger.terms.push_back({MemoryUse::kDriver, place, bytes, bytes, bytes, "as given", "the request"});
  }
  return ledger;
}

void add_beside(MemoryLedger& ledger, const Question& question) {
  const bool alone = question.request.split_mode == SplitMode::kNone;
  const int gpu = alone ? static_cast<int>(question.request.main_gpu) : 0;
  const int place = ledger.gpu_count > 0 ? gpu : kHost;
  for (const BesideModel& beside : question.beside) {
    const Bytes bytes = buffer_bytes(beside.tensors, *question.backend);
    ledger.terms.push_back({MemoryUse::kWeights, place, bytes, bytes, bytes, beside.what, "the file's header"});
  }
}

/// The memory of each GPU of a machine whose GPUs differ; empty for others, which share evenly.
std::vector<Bytes> free_memory(const Question& question) {
  std::vector<Bytes> free;
  if (question.device == nullptr || question.device->parts.empty()) return free;
  for (int gpu = 0; gpu < question.request.gpu_count; ++gpu) free.push_back(gpu_of(*question.device, gpu).usable);
  return free;
}

MemoryLedger memory(const Question& question, const std::vector<Tensor>& stored) {
  MemoryContext facts{*question.backend, *question.cache.k, *question.cache.v};
  facts.free = free_memory(question);
  facts.plans = question.plans.get();
  const std::size_t kinds = std::max<std::size_t>(facts.free.size(), question.device != nullptr ? 1 : 0);
  for (std::size_t gpu = 0; gpu < kinds; ++gpu)
    facts.devices.push_back(&gpu_of(*question.device, static_cast<int>(gpu)));
  MemoryLedger ledger = estimate_memory(*question.model, stored, question.request, facts);
  widen_weights(ledger, *question.quantization, stored);
  add_beside(ledger, question);
  add_speculation(ledger, question, stored, facts);
  return question.driver_share ? with_driver_share(std::move(ledger), *question.driver_share) : ledger;
}

std::optional<Workload> workload(const Question& question, const std::vector<Tensor>& stored) {
  if (question.speed_constants == nullptr) return std::nullopt;
  return count_work(*question.model, stored, question.request, question.cache, question.backend->is_cpu,
                    *question.speed_constants, free_memory(question));
}

Speed measured_speed(const Question& question, const Workload& workload, const SpeedTarget& target) {
  const WorkloadSpeeds speeds(workload, target);
  const std::int64_t slots = question.request.parallel;
  Speed speed;
  speed.decode = speeds.decode();
  if (slots > 1) speed.throughput = speeds.decode(slots);
  speed.prefill = speeds.prefill();
  const TokenRate answering = speeds.decode_rate_at(workload.depth + workload.prompt);
  speed.time_to_first_token = speed.prefill->time + Seconds(1 / answering.value());
  const std::int64_t context = tokens_of_each(question.request).count();
  speed.decode_half_context = speeds.decode_rate_at(context / 2);
  speed.decode_full_context = speeds.decode_rate_at(context);
  return speed;
}

/// Whether each GPU (or the one place that there is) holds its part: nothing says how fast a model runs that does not
/// fit. A machine with one pool is given up to all of it: its owner can raise the limit.
bool holds(const Question& question, const MemoryLedger& memory) {
  const auto limit = [&](int gpu) {
    const Device& device = gpu_of(*question.device, gpu);
    return question.available.value_or(speed_limit(device, device.usable));
  };
  if (memory.gpu_count == 0) return memory.total(kHost) <= limit(0);
  for (int gpu = 0; gpu < memory.gpu_count; ++gpu) {
    if (memory.total(gpu) > limit(gpu)) return false;
  }
  return true;
}

SharedValue<Speed> speed(const Question& question, const std::optional<Workload>& workload,
                         const MemoryLedger& memory) {
  if (!workload || !workload->generates || !holds(question, memory)) return std::nullopt;
  const Device& device = *question.device;
  const Request& request = question.request;
  const bool alone = request.split_mode == SplitMode::kNone;
  const SpeedTarget target{alone ? gpu_of(device, static_cast<int>(request.main_gpu)) : device,
                           *question.backend,
                           *question.speed_constants,
                           alone ? 1 : std::max(1, static_cast<int>(request.gpu_count)),
                           request.split_mode,
                           question.explain,
                           {question.ram_bandwidth, request.threads}};
  if (workload->kept.empty())
    return unless_refused([&] { return measured_speed(question, *workload, target); });
  Workload settled = *workload;  // caches in host memory may leave no flash attention
  settled.flash_attention = memory.scene.flash_attention;
  settled.values_transposed = memory.scene.values_transposed;
  return unless_refused([&] { return measured_speed(question, settled, target); });
}

/// What a published file holds besides: layers that are not loaded, stored as its other layers are on the whole.
Bytes unloaded_bytes(const Model& model, Bytes loaded) {
  if (model.unloaded_parameters == 0) return Bytes(0);
  const double share = static_cast<double>(model.unloaded_parameters) / static_cast<double>(parameter_count(model));
  return Bytes(static_cast<std::int64_t>(static_cast<double>(loaded.count()) * share));
}

FileSize file(const Question& question, const std::vector<Tensor>& stored) {
  FileSize size;
  size.tensor_bytes = total_bytes(stored);
  const Bytes overhead = question.model->file_overhead.value_or(Bytes(0));
  size.file_bytes = size.tensor_bytes + unloaded_bytes(*question.model, size.tensor_bytes) + overhead;
  const Bytes certain = token_table_bytes(stored) + overhead;
  size.file_low = times_share(size.file_bytes, certain, question.quantization->low);
  size.file_high = times_share(size.file_bytes, certain, question.quantization->high);
  size.bits_per_weight =
      8.0 * static_cast<double>(size.tensor_bytes.count()) / static_cast<double>(parameter_count(*question.model));
  return size;
}

std::string release(const Question& question) { return release_of(question.request).name; }

bool lists(const Quantization& quantization) { return quantization.listed; }

}  // namespace

constinit const Law kLlamaCppLaw = {.runtime = "llama.cpp",
                                    .method = "exact",
                                    .name = "llama.cpp",
                                    .usual_context = Tokens(4096),
                                    .headline_context = Tokens(0),
                                    .tells_bands = true,
                                    .tells_driver_share = true,
                                    .release = release,
                                    .memory = memory,
                                    .workload = workload,
                                    .speed = speed,
                                    .place = place_automatically,
                                    .file = file,
                                    .lists = lists};

}  // namespace lfmfit
