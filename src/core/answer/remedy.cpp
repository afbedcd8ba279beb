#include "lfmfit/remedy.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/answer/other_devices.hpp"
#include "core/answer/trials.hpp"
#include "core/vllm/small_batch.hpp"

namespace lfmfit {

namespace {

/// GiB that machines are sold with.
constexpr std::array<std::int64_t, 22> kHostSizes = {1,  2,  3,   4,   6,   8,   12,  16,  24,   32,   48,
                                                     64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048};

/// Looks for changes, one kind after the other.
class Search {
 public:
  Search(const Question& question, const Estimate& answer, const RemedyMeans& means, std::size_t most);
  std::vector<Remedy> run();

 private:
  enum class Goal { kFits, kWhole };
  enum class Shortening { kToHalf, kFurther };

  bool meets(const Estimate& answer, Goal goal) const;
  bool meets(const std::optional<Estimate>& answer) const { return answer && meets(*answer, goal_); }
  bool has_all() const { return found_.size() >= most_; }
  std::optional<Tokens> longest(const Question& question);
  std::vector<const Quantization*> smaller_ones();

  /// Keeps `question` if it does; whether it does.
  bool note(std::vector<Setting> changes, const Question& question);
  void note(Remedy remedy);
  void try_gpus_there();
  void try_batch();
  void try_cache();
  void try_context(Shortening shortening);
  void try_quantization();
  void try_placement();
  void try_two_settings();
  void try_eager();
  void try_least_batch();
  /// The least RAM, in GiB, with which `question` does; unset: it is not RAM that it lacks.
  std::optional<std::int64_t> least_host_memory(const Question& question);
  void try_host_memory();
  void try_device();
  void try_more_devices();

  const RemedyMeans& means_;
  std::size_t most_;
  Trials trials_;
  const Question& question_;
  Goal goal_;
  Question base_;  ///< with all on the GPUs where that is the goal
  std::optional<Estimate> now_;
  std::optional<std::optional<Tokens>> longest_;
  std::vector<Setting> shared_;  ///< with which `base_` lies on the GPUs that are there
  std::vector<Remedy> found_;
};

Question with_host_memory(Question question, std::int64_t gib) {
  question.ram = Bytes(gib << 30);
  return question;
}

Search::Search(const Question& question, const Estimate& answer, const RemedyMeans& means, std::size_t most)
    : means_(means),
      most_(most),
      question_(question),
      goal_(answer.fit && fits(*answer.fit) ? Goal::kWhole : Goal::kFits),
      base_(goal_ == Goal::kWhole ? all_on_gpus(question) : question) {
  base_.request.context = answer.request.context;
  base_.longest_context = base_.shrinks_context = false;
  base_.explain = false;
  now_ = trials_.answer(all_on_gpus(base_));
}

std::vector<Remedy> Search::run() {
  if (!now_ || meets(trials_.answer(base_))) return {};
  try_gpus_there();
  try_batch();
  try_cache();
  try_context(Shortening::kToHalf);
  try_eager();
  try_quantization();
  try_placement();
  try_context(Shortening::kFurther);
  try_two_settings();
  try_least_batch();
  try_host_memory();
  try_device();
  try_more_devices();
  return std::move(found_);
}

bool Search::meets(const Estimate& answer, Goal goal) const {
  const bool does = goal == Goal::kWhole ? is_whole(answer) : fits(*answer.fit);
  return does && is_quick(answer.speed, answer.request, means_.min_speed);
}

bool Search::note(std::vector<Setting> changes, const Question& question) {
  std::optional<Estimate> answer = trials_.answer(question);
  if (!meets(answer)) return false;
  changes.insert(changes.end(), shared_.begin(), shared_.end());
  Remedy remedy{std::move(changes), question, std::move(*answer), {}, nullptr};
  remedy.saves = std::max(now_->fit->required - remedy.answer.fit->required, Bytes(0));
  note(std::move(remedy));
  return true;
}

void Search::note(Remedy remedy) { found_.push_back(std::move(remedy)); }

/// GPUs that the machine has and vLLM is not told to share: they cost nothing. Where they are not enough, all that
/// follows is tried with them.
void Search::try_gpus_there() {
  const std::vector<Variation> variations = over_more_gpus(base_);
  for (const Variation& wider : variations) {
    if (note({wider.setting}, wider.question)) return;
  }
  for (const Variation& wider : variations) {
    std::optional<Estimate> answer = trials_.answer(wider.question);
    if (!answer || answer->fit->required >= now_->fit->required) continue;
    now_ = std::move(answer);
    base_ = wider.question;
    shared_ = {wider.setting};
  }
}

void Search::try_batch() {
  for (const Variation& smaller : with_smaller_batch(base_, *now_)) {
    if (note({smaller.setting}, smaller.question)) return;
  }
}

void Search::try_cache() {
  if (const auto small = with_small_cache(base_, means_.cache_type)) note({small->setting}, small->question);
}

/// The longest context that does, shorter than that of `question`.
std::optional<Tokens> Search::longest(const Question& question) {
  const std::int64_t sequences = question.vllm || question.request.kv_unified ? 1 : question.request.parallel;
  const bool needs_speed = means_.min_speed.has_value();
  return longest_that(question, kShortestUseful * sequences, [&](const Question& shorter) {
    return meets(needs_speed ? trials_.answer(shorter) : trials_.fit_of(shorter));
  });
}

void Search::try_context(Shortening shortening) {
  if (has_all()) return;
  if (!longest_) longest_ = longest(base_);
  if (!*longest_) return;
  const Tokens context = **longest_;
  const bool keeps_half = context * 2 >= base_.request.context;
  if (keeps_half != (shortening == Shortening::kToHalf)) return;
  Question changed = base_;
  changed.request.context = context;
  note({{Setting::Kind::kContext, context.count()}}, changed);
}

std::vector<const Quantization*> Search::smaller_ones() {
  const auto now = trials_.bytes_of(base_, *base_.quantization);
  std::vector<const Quantization*> smaller;
  for (const Quantization* quantization : means_.quantizations) {
    const auto bytes = trials_.bytes_of(base_, *quantization);
    if (bytes && now && *bytes < *now) smaller.push_back(quantization);
  }
  return smaller;
}

void Search::try_quantization() {
  if (has_all()) return;
  for (const Quantization* quantization : smaller_ones()) {
    Question changed = base_;
    changed.quantization = quantization;
    const std::size_t before = found_.size();
    note({{Setting::Kind::kQuantization, 0, quantization->name, quantization->quality}}, changed);
    if (found_.size() > before) return;
  }
}

/// What lies in host memory by the runtime's own choice is the answer already where that fits; by hand there is no
/// margin to leave.
void Search::try_placement() {
  if (has_all() || goal_ == Goal::kWhole) return;
  if (const auto placed = placed_by_hand(base_, trials_)) note({placed->setting}, placed->question);
}

/// What one setting does not do: a smaller cache with the longest context, or the largest quantization with one of
/// them.
void Search::try_two_settings() {
  if (has_all() || !found_.empty()) return;
  const auto small = with_small_cache(base_, means_.cache_type);
  if (small) {
    if (const auto context = longest(small->question)) {
      Question changed = small->question;
      changed.request.context = *context;
      note({small->setting, {Setting::Kind::kContext, context->count()}}, changed);
    }
  }
  const std::vector<const Quantization*> smaller = smaller_ones();
  for (const Quantization* quantization : smaller) {
    const Setting change{Setting::Kind::kQuantization, 0, quantization->name, quantization->quality};
    if (!small || has_all()) break;
    Question changed = small->question;
    changed.quantization = quantization;
    const std::size_t before = found_.size();
    note({change, small->setting}, changed);
    if (found_.size() > before) break;
  }
  if (smaller.empty() || has_all() || !found_.empty()) return;
  Question changed = base_;
  changed.quantization = smaller.back();
  if (const auto context = longest(changed)) {
    changed.request.context = *context;
    note({{Setting::Kind::kQuantization, 0, smaller.back()->name, smaller.back()->quality},
          {Setting::Kind::kContext, context->count()}},
         changed);
  }
}

void Search::try_eager() {
  if (has_all() || !base_.vllm || base_.vllm->request.enforce_eager.value_or(false)) return;
  Question changed = base_;
  changed.vllm->request.enforce_eager = true;
  note({{Setting::Kind::kEager}}, changed);
}

/// What other settings of vLLM do not do, or with half the context at most: the smallest batch that is of use, without
/// graphs, and the longest request that is held then.
void Search::try_least_batch() {
  const bool found_better = std::any_of(found_.begin(), found_.end(), [&](const Remedy& remedy) {
    return remedy.question.request.context * 2 >= base_.request.context;
  });
  if (has_all() || found_better || !base_.vllm) return;
  Question changed = base_;
  VllmRequest& request = changed.vllm->request;
  const std::int64_t requests = std::min(now_->vllm->request.max_num_seqs.value_or(1), vllm::kFewestRequests);
  const std::int64_t tokens = std::min(now_->vllm->request.max_num_batched_tokens.value_or(1), vllm::kFewTokens);
  request.max_num_seqs = requests;
  request.max_num_batched_tokens = tokens;
  request.enforce_eager = true;
  std::vector<Setting> changes = {
      {Setting::Kind::kRequestsAtOnce, requests}, {Setting::Kind::kTokensAStep, tokens}, {Setting::Kind::kEager}};
  if (note(changes, changed)) return;
  const auto context = longest(changed);
  if (!context) return;
  changed.request.context = *context;
  changes.push_back({Setting::Kind::kContext, context->count()});
  note(std::move(changes), changed);
}

std::optional<std::int64_t> Search::least_host_memory(const Question& question) {
  const auto index = first_that(0, std::ssize(kHostSizes), [&](std::int64_t i) {
    return meets(trials_.answer(with_host_memory(question, kHostSizes[static_cast<std::size_t>(i)])));
  });
  return index ? std::optional(kHostSizes[static_cast<std::size_t>(*index)]) : std::nullopt;
}

void Search::try_host_memory() {
  const bool has_pool = question_.device == nullptr || question_.device->device_class == DeviceClass::kUnified;
  if (has_all() || goal_ == Goal::kWhole || question_.vllm || has_pool || question_.available) return;
  if (const auto gib = least_host_memory(base_))
    note({{Setting::Kind::kHostMemory, *gib}}, with_host_memory(base_, *gib));
}

void Search::try_device() {
  if (has_all() || question_.device == nullptr || question_.available) return;
  for (const ReportScope::Candidate& candidate : larger_devices(*question_.device, means_.devices)) {
    Question changed = all_on_gpus(base_);
    changed.device = candidate.device;
    changed.backend = candidate.backend;
    const auto answer = trials_.answer(changed);
    if (!answer || !meets(*answer, Goal::kWhole)) continue;
    note({{Setting::Kind::kDevice, 0, candidate.device->id}}, changed);
    return;
  }
}

void Search::try_more_devices() {
  if (has_all() || question_.device == nullptr || question_.available) return;
  if (meets(*now_, Goal::kWhole)) return;  // what is there holds all that GPUs can
  for (const std::int64_t count : {2, 3, 4, 6, 8}) {
    const auto machine = several_times(*question_.device, static_cast<int>(count), means_.devices);
    if (!machine) continue;
    Question changed = all_on_gpus(base_);
    changed.device = machine.get();
    changed.request.gpu_count = kAllGpus;
    std::vector<Setting> changes = {{Setting::Kind::kDevice, 0, machine->asked_as}};
    if (changed.vllm) {
      changed.vllm->request.tensor_parallel_size = machine->gpus;
      changes.push_back({Setting::Kind::kTensorParallel, machine->gpus});
    }
    std::optional<Estimate> answer = trials_.answer(changed);
    if (!answer || !meets(*answer, Goal::kWhole)) continue;
    if (!meets(*answer, goal_)) {  // for want of RAM that nobody spoke of
      const auto gib = least_host_memory(changed);
      if (!gib) return;
      changed = with_host_memory(changed, *gib);
      changes.push_back({Setting::Kind::kHostMemory, *gib});
      answer = trials_.answer(changed);
    }
    note(Remedy{std::move(changes), changed, std::move(*answer), {}, machine});
    return;
  }
}

}  // namespace

bool is_whole(const Estimate& answer) { return answer.fit && answer.fit->verdict < Verdict::kPartial; }

bool is_quick(const SharedValue<Speed>& speed, const Request& request, const std::optional<TokenRate>& min_speed) {
  if (!min_speed) return true;
  if (!speed) return false;
  const auto requests = static_cast<double>(std::max<std::int64_t>(request.parallel, 1));
  return (speed->throughput ? speed->throughput->low / requests : speed->decode.low) >= *min_speed;
}

std::vector<Remedy> remedies_of(const Question& question, const Estimate& answer, const RemedyMeans& means,
                                std::size_t most) {
  std::vector<Remedy> remedies = Search(question, answer, means, most).run();
  if (remedies.size() > most) remedies.resize(most);
  return remedies;
}

}  // namespace lfmfit
