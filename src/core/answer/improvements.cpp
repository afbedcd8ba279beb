#include "lfmfit/improvements.hpp"

#include <algorithm>
#include <functional>

#include "core/base/refusal.hpp"

namespace lfmfit {

namespace {

constexpr double kLeastGain = 0.02;
constexpr double kClearlySmaller = 0.9;          // of the bytes of a quantization: Q4_K_S is hardly smaller than Q4_K_M
constexpr std::int64_t kLargeMicroBatch = 2048;  // as large as llama.cpp's usual batch

/// Tries changes of one question and notes what they gain.
class Trial {
 public:
  Trial(const Question& question, const Estimate& answer)
      : question_(question),
        answer_(answer),
        speed_(*answer.speed),
        base_(question),
        stored_(stored_tensors(question)) {
    base_.request = answer.request;
    base_.longest_context = false;
    base_.explain = false;
  }

  void try_quantization(const std::vector<const Quantization*>& quantizations);
  void try_cache_type(const TensorType* type);
  void try_placement();
  void try_larger_micro_batch();
  void try_hardware();
  /// The speed with all that makes it higher, the greatest gain first.
  Speed sorted();

 private:
  std::optional<Estimate> answer_to(const Question& changed) const;
  double stored_bytes(const Quantization& quantization) const;
  /// The least of [first, last) that fits when `put` into the request, which must fit more easily the larger it is.
  std::optional<std::int64_t> least_that_fits(std::int64_t first, std::int64_t last,
                                              const std::function<void(Request&, std::int64_t)>& put) const;
  void note(const Change& change, const std::optional<Estimate>& changed);
  void try_setting(const Change& change, const Question& changed) { note(change, answer_to(changed)); }
  void try_constants(Change::Kind kind, const std::function<void(SpeedAssumptions&)>& make_better);
  void try_device(Change::Kind kind, const std::function<void(Device&)>& make_better);

  const Question& question_;
  const Estimate& answer_;
  Speed speed_;
  Question base_;
  std::vector<Tensor> stored_;
};

std::optional<Estimate> Trial::answer_to(const Question& changed) const {
  const bool same_weights = changed.quantization == question_.quantization;
  std::optional<Estimate> result =
      unless_refused([&] { return same_weights ? estimate(changed, stored_) : estimate(changed); });
  if (result && (!result->fit || result->fit->verdict == Verdict::kTooBig)) return std::nullopt;
  return result;
}

std::optional<std::int64_t> Trial::least_that_fits(std::int64_t first, std::int64_t last,
                                                   const std::function<void(Request&, std::int64_t)>& put) const {
  const std::int64_t end = last;
  while (first < last) {
    const std::int64_t middle = first + (last - first) / 2;
    Question changed = base_;
    put(changed.request, middle);
    if (answer_to(changed)) {
      last = middle;
    } else {
      first = middle + 1;
    }
  }
  return first < end ? std::optional(first) : std::nullopt;
}

void note_gain(SpeedEstimate& speed, const Change& change, TokenRate value) {
  const double gain = value / speed.value - 1;
  if (gain >= kLeastGain) speed.improvements.push_back({change, value, gain});
}

void Trial::note(const Change& change, const std::optional<Estimate>& changed) {
  if (!changed || !changed->speed) return;
  note_gain(speed_.decode, change, changed->speed->decode.value);
  if (speed_.prefill && changed->speed->prefill) note_gain(*speed_.prefill, change, changed->speed->prefill->value);
}

/// 0: llama-quantize does not make it.
double Trial::stored_bytes(const Quantization& quantization) const {
  if (quantization.needs_importance_matrix && !question_.request.importance_matrix.value_or(false)) return 0;
  Question changed = base_;
  changed.quantization = &quantization;
  const auto bytes = unless_refused([&] { return total_bytes(stored_tensors(changed)); });
  return static_cast<double>(bytes.value_or(Bytes(0)).count());
}

void Trial::try_quantization(const std::vector<const Quantization*>& quantizations) {
  const Quantization* next = nullptr;
  double most = 0;
  for (const Quantization* quantization : quantizations) {
    const double bytes = stored_bytes(*quantization);
    if (bytes <= most || bytes > kClearlySmaller * static_cast<double>(answer_.tensor_bytes.count())) continue;
    most = bytes;
    next = quantization;
  }
  if (next == nullptr) return;
  Question changed = base_;
  changed.quantization = next;
  try_setting({Change::Kind::kQuantization, 0, next->name, next->quality}, changed);
}

void Trial::try_cache_type(const TensorType* type) {
  if (type == nullptr || question_.cache.k->quantized || question_.cache.v->quantized) return;
  Question changed = base_;
  changed.cache = {type, type};
  try_setting({Change::Kind::kCacheType, 0, type->name}, changed);
}

void Trial::try_placement() {
  const auto layers = static_cast<std::int64_t>(question_.model->blocks.size());
  const Request& request = base_.request;
  const auto put_experts = [](Request& into, std::int64_t on_host) {
    into.cpu_moe = false;
    into.n_cpu_moe = on_host;
  };
  const auto put_layers = [layers](Request& into, std::int64_t on_host) { into.gpu_layers = layers + 1 - on_host; };
  if (!request.overrides.empty() || !request.overflows.empty()) return;  // tensors lie as they were told to, one by one
  Question changed = base_;
  const std::int64_t experts_on_host = request.cpu_moe ? layers : std::min(request.n_cpu_moe, layers);
  if (const auto least = least_that_fits(0, experts_on_host, put_experts)) {
    put_experts(changed.request, *least);
    try_setting({Change::Kind::kExpertsOnHost, *least}, changed);
  }
  changed = base_;
  const std::int64_t layers_on_host =
      request.gpu_layers < 0 ? 0 : std::max<std::int64_t>(0, layers + 1 - request.gpu_layers);
  if (const auto least = least_that_fits(0, layers_on_host, put_layers)) {
    put_layers(changed.request, *least);
    try_setting({Change::Kind::kLayersOnGpu, *least > 0 ? layers + 1 - *least : Change::kAll}, changed);
  }
  if (request.offload_kqv) return;
  changed = base_;
  changed.request.offload_kqv = true;
  try_setting({Change::Kind::kCacheOnGpu}, changed);
}

void Trial::try_larger_micro_batch() {
  const std::int64_t size = std::min({kLargeMicroBatch, base_.request.batch, base_.request.context.count()});
  if (size <= base_.request.ubatch) return;
  Question changed = base_;
  changed.request.ubatch = size;
  try_setting({Change::Kind::kMicroBatch, size}, changed);
}

void Trial::try_device(Change::Kind kind, const std::function<void(Device&)>& make_better) {
  Device better = *question_.device;
  make_better(better);
  Question changed = base_;
  changed.device = &better;
  note({kind}, answer_to(changed));
}

void Trial::try_constants(Change::Kind kind, const std::function<void(SpeedAssumptions&)>& make_better) {
  SpeedConstants better = *question_.speed_constants;
  make_better(better.assumptions);
  Question changed = base_;
  changed.speed_constants = &better;
  note({kind}, answer_to(changed));
}

void Trial::try_hardware() {
  try_device(Change::Kind::kMemoryBandwidth, [](Device& device) { device.bandwidth = device.bandwidth * 2; });
  try_device(Change::Kind::kCompute, [](Device& device) {
    device.fp32 = device.fp32 * 2;
    device.fp16 = device.fp16 * 2;
    device.int8_tops *= 2;
  });
  try_constants(Change::Kind::kHostBandwidth, [](SpeedAssumptions& assumed) { assumed.host_bandwidth_factor *= 2; });
  try_constants(Change::Kind::kPcieBandwidth, [](SpeedAssumptions& assumed) { assumed.link_factor *= 2; });
}

Speed Trial::sorted() {
  const auto sort_one = [](SpeedEstimate& speed) {
    std::stable_sort(speed.improvements.begin(), speed.improvements.end(),
                     [](const Improvement& a, const Improvement& b) { return a.gain > b.gain; });
  };
  sort_one(speed_.decode);
  if (speed_.prefill) sort_one(*speed_.prefill);
  return std::move(speed_);
}

}  // namespace

void add_improvements(const Question& question, const Alternatives& alternatives, Estimate& answer) {
  if (!answer.speed || question.device == nullptr || !law_of(question).tells_bands || question.mlx) return;
  Trial trial(question, answer);
  trial.try_quantization(alternatives.quantizations);
  trial.try_cache_type(alternatives.cache_type);
  trial.try_placement();
  trial.try_larger_micro_batch();
  trial.try_hardware();
  answer.speed = trial.sorted();
}

}  // namespace lfmfit
