#include "lfmfit/fits.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "core/answer/trials.hpp"
#include "lfmfit/remedy.hpp"

namespace lfmfit {

namespace {

constexpr double kLittleLoss = 85;         // quality_percent of Q4_0, "some loss"; below it is "clear"
constexpr double kLeastBitsPerWeight = 2;  // of any quantization that is listed, less what stays on the host

/// A model that no quantization makes small enough: most of the catalogue on most devices.
bool is_far_too_big(const Question& question) {
  if (question.device == nullptr || !question.model->file_tensors.empty()) return false;
  const Device& device = *question.device;
  Bytes all = question.ram.value_or(device.host_memory.value_or(kUsualHostMemory));
  for (int gpu = 0; gpu < device.gpus; ++gpu) all += gpu_of(device, gpu).usable;
  const double least = static_cast<double>(parameter_count(*question.model)) * kLeastBitsPerWeight / 8;
  return least > static_cast<double>(all.count());
}

/// Tries the quantizations of one model, each once.
class Chooser {
 public:
  Chooser(const Question& question, const std::vector<const Quantization*>& quantizations,
          const std::optional<TokenRate>& min_speed)
      : question_(question), quantizations_(quantizations), min_speed_(min_speed) {}

  std::optional<FittingModel> choose(Running worst);

 private:
  using Answers = std::map<std::int64_t, std::optional<Estimate>>;

  Question with(const Question& question, std::int64_t index) const;
  bool does(const Question& question, std::int64_t index, Verdict worst, Answers& answers);
  std::optional<FittingModel> first(Running running, std::int64_t begin, std::int64_t end, Verdict worst);
  std::int64_t first_where(bool (*holds)(const Quantization&)) const;

  const Question& question_;
  const std::vector<const Quantization*>& quantizations_;
  const std::optional<TokenRate>& min_speed_;
  Trials trials_;
  Answers whole_, placed_;
};

Question Chooser::with(const Question& question, std::int64_t index) const {
  Question changed = question;
  changed.quantization = quantizations_[static_cast<std::size_t>(index)];
  return changed;
}

/// Whether it fits without a condition, no worse than `worst`, and quickly enough.
bool Chooser::does(const Question& question, std::int64_t index, Verdict worst, Answers& answers) {
  const auto [place, is_new] = answers.try_emplace(index);
  if (is_new) {
    const Question asked = with(question, index);
    place->second = min_speed_ ? trials_.answer(asked) : trials_.fit_of(asked);
  }
  const std::optional<Estimate>& answer = place->second;
  return answer && fits(*answer->fit) && answer->fit->verdict <= worst &&
         is_quick(answer->speed, answer->request, min_speed_);
}

/// The largest of [begin, end) that does.
std::optional<FittingModel> Chooser::first(Running running, std::int64_t begin, std::int64_t end, Verdict worst) {
  const Question question = running == Running::kPartly ? question_ : all_on_gpus(question_);
  Answers& answers = running == Running::kPartly ? placed_ : whole_;
  const auto index = first_that(begin, end, [&](std::int64_t i) { return does(question, i, worst, answers); });
  if (!index) return std::nullopt;
  const Question asked = with(question, *index);
  auto answer = trials_.answer(asked);
  if (!answer) return std::nullopt;
  return FittingModel{running, asked, std::move(*answer)};
}

std::int64_t Chooser::first_where(bool (*holds)(const Quantization&)) const {
  const auto found = std::find_if(quantizations_.begin(), quantizations_.end(),
                                  [&](const Quantization* quantization) { return holds(*quantization); });
  return found - quantizations_.begin();
}

/// The smallest of each kind is asked first: most models of a catalogue do not run at all.
std::optional<FittingModel> Chooser::choose(Running worst) {
  const std::int64_t end = std::ssize(quantizations_);
  const std::int64_t lossy =
      first_where([](const Quantization& one) { return one.quality_percent > 0 && one.quality_percent < kLittleLoss; });
  const Question whole = all_on_gpus(question_);
  if (lossy > 0 && does(whole, lossy - 1, Verdict::kRunsWell, whole_)) {
    if (auto found = first(Running::kWell, 0, lossy, Verdict::kRunsWell)) return found;
  }
  if (worst == Running::kWell) return std::nullopt;
  if (lossy > 0 && does(whole, lossy - 1, Verdict::kTight, whole_)) {
    if (auto found = first(Running::kTight, 0, lossy, Verdict::kTight)) return found;
  }
  if (worst == Running::kTight) return std::nullopt;
  if (end > 0 && does(whole, end - 1, Verdict::kTight, whole_)) {
    if (auto found = first(Running::kAtLoss, lossy, end, Verdict::kTight)) return found;
  }
  if (worst == Running::kAtLoss) return std::nullopt;
  const std::int64_t usual = first_where([](const Quantization& one) { return one.recommended; });
  return first(Running::kPartly, usual < end ? usual : 0, end, Verdict::kPartial);
}

}  // namespace

std::int64_t size_class(const Model& model) {
  return std::llround(2 * std::log2(static_cast<double>(std::max<std::int64_t>(parameter_count(model), 1))));
}

const char* name_of(Running running) {
  switch (running) {
    case Running::kWell: return "well";
    case Running::kTight: return "tight";
    case Running::kAtLoss: return "at a loss";
    case Running::kPartly: break;
  }
  return "partly";
}

std::optional<FittingModel> best_running(const Question& question,
                                         const std::vector<const Quantization*>& quantizations,
                                         const std::optional<TokenRate>& min_speed, Running worst) {
  if (is_far_too_big(question)) return std::nullopt;
  return Chooser(question, quantizations, min_speed).choose(worst);
}

Tokens longest_of(const FittingModel& model) {
  Question open = model.question;
  open.request = model.answer.request;
  open.longest_context = true;
  Trials trials;
  const auto answer = trials.fit_of(open);
  return answer ? answer->request.context : model.answer.request.context;
}

bool ranks_before(const FittingModel& a, const FittingModel& b) {
  const auto key = [](const FittingModel& one) { return std::tuple(one.running, -size_class(*one.question.model)); };
  if (key(a) != key(b)) return key(a) < key(b);
  const ModelCard &card = a.question.model->card, &other = b.question.model->card;
  if (card.release_date != other.release_date) return card.release_date > other.release_date;
  const auto speed = [](const FittingModel& one) {
    return one.answer.speed ? one.answer.speed->decode.value : TokenRate(0);
  };
  if (speed(a) != speed(b)) return speed(a) > speed(b);
  return card.id < other.id;
}

}  // namespace lfmfit
