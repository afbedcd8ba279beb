// Laws of remedies over random questions: LFMFIT_QUESTIONS=2000 asks that many.
#include <algorithm>

#include "catch.hpp"
#include "core/base/refusal.hpp"
#include "lfmfit/remedy.hpp"
#include "support/random_things.hpp"
#include "support/scene.hpp"

namespace {

using namespace lfmfit;
using test::shipped;

int remedy_questions() { return test::questions_to_ask(60); }

/// Questions many of which are too big.
class MisfitAsker : public test::RandomThings {
 public:
  MisfitAsker() : RandomThings(20261127) {}

  Question question() {
    const Device& device = one_of(shipped().devices());
    Question question = test::question_about(one_of(shipped().models()).card.id);
    question.device = &device;
    question.backend = &shipped().backend(device.backend);
    question.quantization = &shipped().quantization(one_of(kTypes));
    question.request.context = Tokens(std::int64_t{4096} << number(0, 5));
    question.request.parallel = number(0, 3) == 0 ? 4 : 1;
    question.request.gpu_count = kAllGpus;
    question.request.placing = number(0, 2) == 0 ? Placing::kGiven : Placing::kWhereNeeded;
    if (number(0, 1) == 0 && device.device_class == DeviceClass::kGpu) question.ram = from_gib(8 << number(0, 4));
    return question;
  }

 private:
  static constexpr const char* kTypes[] = {"Q4_K_M", "Q8_0", "F16"};
};

RemedyMeans means_of(const Question& question) {
  RemedyMeans means;
  for (const Quantization& quantization : shipped().quantizations()) {
    if (quantization.listed) means.quantizations.push_back(&quantization);
  }
  means.cache_type = &shipped().tensor_type("q8_0");
  for (const Device& device : shipped().devices()) {
    if (device.backend == question.backend->name) means.devices.push_back({&device, question.backend});
  }
  return means;
}

/// The change one step cheaper than the one that was made; unset: there is none, or it is another kind of change.
std::optional<Question> cheaper(const Remedy& remedy, const Question& asked, const RemedyMeans& means) {
  Question question = remedy.question;
  const Setting& change = remedy.changes.back();
  const std::int64_t sequences = question.request.parallel;
  switch (change.kind) {
    case Setting::Kind::kContext:
      question.request.context = question.request.context + Tokens(256) * sequences;
      return question.request.context < asked.request.context ? std::optional(question) : std::nullopt;
    case Setting::Kind::kQuantization: {
      const auto place = std::find(means.quantizations.begin(), means.quantizations.end(), question.quantization);
      if (place == means.quantizations.begin()) return std::nullopt;
      question.quantization = *(place - 1);
      return question.quantization != asked.quantization ? std::optional(question) : std::nullopt;
    }
    case Setting::Kind::kExpertsOnHost: --question.request.n_cpu_moe; return question;
    case Setting::Kind::kLayersOnGpu: ++question.request.gpu_layers; return question;
    case Setting::Kind::kHostMemory: question.ram = from_gib(static_cast<double>(change.number) / 2); return question;
    case Setting::Kind::kRequestsAtOnce:
    case Setting::Kind::kTokensAStep:
    case Setting::Kind::kTensorParallel:
    case Setting::Kind::kCacheType:
    case Setting::Kind::kDevice: break;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("Every change that is told does what it says when it is asked, and one step less does not",
          "[every device]") {
  MisfitAsker asker;
  int told = 0, compared = 0;
  for (int i = 0; i < remedy_questions(); ++i) {
    const Question question = asker.question();
    const auto answer = unless_refused([&] { return estimate(question); });
    if (!answer) continue;
    const RemedyMeans means = means_of(question);
    const bool wants_whole = fits(*answer->fit);
    for (const Remedy& remedy : remedies_of(question, *answer, means)) {
      INFO(question.model->card.id << " " << question.quantization->name << " on " << question.device->id << " -c "
                                   << question.request.context.count() << ", change "
                                   << static_cast<int>(remedy.changes.back().kind) << " " << remedy.changes.back().name
                                   << remedy.changes.back().number);
      ++told;
      const Estimate again = estimate(remedy.question);
      CHECK(fits(*again.fit));
      if (wants_whole) CHECK(is_whole(again));
      CHECK(again.fit->required == remedy.answer.fit->required);
      const auto less = cheaper(remedy, question, means);
      if (!less || less->device->gpus > 1) continue;  // GPUs that layers are dealt out to are not filled evenly
      const auto then = unless_refused([&] { return estimate(*less); });
      if (!then) continue;
      ++compared;
      CHECK_FALSE((wants_whole ? is_whole(*then) : fits(*then->fit)));
    }
  }
  CHECK(told > remedy_questions() / 2);
  CHECK(compared > told / 4);
}
