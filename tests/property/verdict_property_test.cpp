// Laws of verdicts over random questions: LFMFIT_QUESTIONS=20000 asks that many.
#include <algorithm>

#include "catch.hpp"
#include "core/base/refusal.hpp"
#include "lfmfit/estimate.hpp"
#include "lfmfit/report.hpp"
#include "support/random_things.hpp"
#include "support/scene.hpp"

namespace {

using namespace lfmfit;
using test::shipped;

int questions() { return test::questions_to_ask(400); }

class Asker : public test::RandomThings {
 public:
  Asker() : RandomThings(20261126) {}

  Question question() {
    const Device& device = one_of(shipped().devices());
    Question question = test::question_about(one_of(shipped().models()).card.id);
    question.device = &device;
    question.backend = &shipped().backend(device.backend);
    question.quantization = &shipped().quantization(one_of(kQuantizations));
    Request& request = question.request;
    request.context = Tokens(std::int64_t{256} << number(0, 9));
    request.parallel = number(0, 3) == 0 ? 4 : 1;
    request.gpu_count = kAllGpus;
    request.placing = one_of(kPlacings);
    if (request.placing == Placing::kGiven) place(*question.model, request);
    if (number(0, 1) == 0 && device.device_class == DeviceClass::kGpu) question.ram = from_gib(8 << number(0, 4));
    if (number(0, 7) == 0) question.reserve = from_gib(1);
    return question;
  }

 private:
  static constexpr Placing kPlacings[] = {Placing::kGiven, Placing::kAutomatic, Placing::kWhereNeeded};
  static constexpr const char* kQuantizations[] = {"Q4_K_M", "Q8_0", "F16"};

  void place(const Model& model, Request& request) {
    const auto layers = static_cast<std::int64_t>(model.blocks.size());
    if (number(0, 1) == 0) request.gpu_layers = number(0, layers + 1);
    if (number(0, 2) == 0) request.n_cpu_moe = number(0, layers);
    request.cpu_moe = number(0, 7) == 0;
    request.offload_kqv = number(0, 7) != 0;
    if (number(0, 3) == 0) override_tensors(model, request);
  }

  /// Some of the tensors of layers, by chance, in host memory or on the first GPU.
  void override_tensors(const Model& model, Request& request) {
    TensorOverride to_host{"some", kHost, {}}, to_gpu{"others", 0, {}};
    const bool whole_names = number(0, 1) == 0;
    const std::vector<Tensor> all = tensors(model);
    const std::string& chosen = one_of(all).name;
    for (const Tensor& tensor : all) {
      if (is_input_tensor(tensor) || (whole_names ? tensor.name != chosen : number(0, 15) != 0)) continue;
      (number(0, 3) == 0 ? to_gpu : to_host).tensors.push_back({tensor.layer, tensor.name});
    }
    for (TensorOverride* moved : {&to_host, &to_gpu}) {
      std::sort(moved->tensors.begin(), moved->tensors.end());
      request.overrides.push_back(std::move(*moved));
    }
  }
};

std::string text_of(const Question& question) {
  return question.model->card.id + " " + question.quantization->name + " on " + question.device->id + " -c " +
         std::to_string(question.request.context.count()) + " -ngl " + std::to_string(question.request.gpu_layers) +
         " placing " + std::to_string(static_cast<int>(question.request.placing));
}

/// What `ledger` needs beyond `capacity` somewhere; 0: nothing.
Bytes lacking(const MemoryLedger& ledger, const Capacity& capacity) {
  Bytes lacking;
  Bytes all = ledger.total_high(kHost) - ledger.mapped_twice;
  for (int gpu = 0; gpu < ledger.gpu_count; ++gpu) {
    all += ledger.total_high(gpu);
    lacking = std::max(lacking, ledger.total_high(gpu) - capacity.gpus.at(static_cast<std::size_t>(gpu)));
  }
  if (capacity.pool) lacking = std::max(lacking, all - *capacity.pool);
  if (capacity.host) lacking = std::max(lacking, ledger.total_high(kHost) - *capacity.host);
  return lacking;
}

/// One layer more on the GPUs, or the experts of one more. False where that says nothing: GPUs that differ in what
/// they are given may have room that no whole layer fits in together.
bool add_one(Question& question) {
  Request& request = question.request;
  if (request.gpu_count > 1 || request.overflows.size() > 1) return false;
  const bool all_layers = request.gpu_layers > std::ssize(question.model->blocks);
  if (request.overflows.empty()) {
    if (!all_layers) ++request.gpu_layers;
    return !all_layers;
  }
  if (!all_layers) {
    ++request.gpu_layers;
    return true;
  }
  Overflow& overflow = request.overflows.front();
  overflow.part = LayerPart::kExperts;
  return ++overflow.first < overflow.end;
}

/// Whether likely bytes leave less than llama.cpp's margin, and its states once more, of some GPU, or upper bounds
/// exceed it.
bool leaves_too_little(const Question& asked, const Estimate& answer, const Capacity& capacity) {
  Question all = asked;
  all.request.placing = Placing::kGiven;
  all.request.gpu_count = answer.request.gpu_count;
  const MemoryLedger everything = estimate(all).memory;
  for (int gpu = 0; gpu < answer.memory.gpu_count; ++gpu) {
    const Bytes usable = capacity.gpus.at(static_cast<std::size_t>(gpu));
    const Bytes margin = Bytes(1024LL << 20) + everything.sum(MemoryUse::kState, gpu);
    if (answer.memory.total(gpu) + margin > usable || answer.memory.total_high(gpu) > usable) return true;
  }
  return false;
}

Capacity what_there_is(Question question, const Request& answered) {
  question.request.gpu_count = answered.gpu_count;
  return capacity_of(question);
}

}  // namespace

TEST_CASE("What fits needs no more than there is in any place, and what is too big does", "[every device]") {
  Asker asker;
  int answered = 0;
  for (int i = 0; i < questions(); ++i) {
    const Question question = asker.question();
    INFO(text_of(question));
    const auto answer = unless_refused([&] { return estimate(question); });
    if (!answer) continue;
    ++answered;
    const bool too_big = answer->fit->verdict == Verdict::kTooBig;
    const Bytes lack = lacking(answer->memory, what_there_is(question, answer->request));
    CHECK(too_big == (lack > Bytes(0)));
    if (too_big) CHECK(answer->fit->headroom < Bytes(0));
    if (!too_big && answer->memory.beside_gpus) CHECK(answer->fit->verdict == Verdict::kPartial);
  }
  CHECK(answered > questions() / 2);
}

TEST_CASE("Answers about many devices are those about each", "[every device]") {
  Asker asker;
  for (int i = 0; i < questions() / 20; ++i) {
    const Question question = asker.question();
    INFO(text_of(question));
    const auto alone = unless_refused([&] { return estimate(question); });
    if (!alone) continue;
    Answers answers(question, stored_tensors(question));
    for (const char* other : {"rtx-4090", "rtx-3060"})
      unless_refused([&] { return answers.on(shipped().device(other), shipped().backend("cuda")); });
    const Estimate among = answers.on(*question.device, *question.backend);
    CHECK(among.fit->required == alone->fit->required);
    CHECK(among.fit->verdict == alone->fit->verdict);
    CHECK(among.request.gpu_layers == alone->request.gpu_layers);
    CHECK(among.speed.has_value() == alone->speed.has_value());
    if (among.speed) CHECK(among.speed->decode.value == alone->speed->decode.value);
    const Judged row = answers.judged_on(*question.device, *question.backend);
    CHECK(row.fit.required == among.fit->required);
    CHECK(row.fit.verdict == among.fit->verdict);
    CHECK(row.request == among.request);
    CHECK(row.expert_layers_on_host == among.memory.expert_layers_on_host);
    CHECK(row.speed.has_value() == among.speed.has_value());
  }
}

TEST_CASE("A server that is only counted fits where it does when it is shown", "[every device]") {
  Asker asker;
  int by_one_gpu = 0;
  for (int i = 0; i < questions(); ++i) {
    const Question question = asker.question();
    if (question.device->gpus < 2) continue;
    INFO(text_of(question));
    const auto row = [&](bool shown) {
      return make_report(question, {{}, {{question.device, question.backend, shown}}, false}).gpus;
    };
    const std::vector<DeviceRow> shown = row(true), counted = row(false);
    REQUIRE(counted.size() == shown.size());
    if (shown.empty()) continue;
    CHECK(fits(counted[0].fit) == fits(shown[0].fit));
    if (counted[0].request->gpu_count < shown[0].request->gpu_count) ++by_one_gpu;
  }
  CHECK(by_one_gpu > 0);
}

TEST_CASE("What is placed automatically fits, and with one more layer or expert on the GPU it does not",
          "[every device]") {
  Asker asker;
  int placed = 0;
  for (int i = 0; i < questions() / 4; ++i) {
    Question question = asker.question();
    question.request.placing = Placing::kAutomatic;
    question.request.gpu_layers = Request{}.gpu_layers;
    question.request.n_cpu_moe = 0;
    question.request.cpu_moe = false;
    question.request.overrides.clear();
    INFO(text_of(question));
    const auto answer = unless_refused([&] { return estimate(question); });
    if (!answer || answer->request.placing != Placing::kGiven) continue;
    ++placed;
    CHECK(answer->fit->verdict == Verdict::kPartial);
    Question more = question;
    more.request = answer->request;
    if (!add_one(more)) continue;
    const Estimate larger = estimate(more);
    CHECK((leaves_too_little(question, larger, what_there_is(question, more.request)) ||
           larger.fit->verdict == Verdict::kTooBig));
  }
  CHECK(placed > 0);
}

TEST_CASE("The longest context that fits does, and a step more does not", "[every device]") {
  Asker asker;
  for (int i = 0; i < questions() / 20; ++i) {
    Question question = asker.question();
    question.longest_context = true;
    INFO(text_of(question));
    const auto answer = unless_refused([&] { return estimate(question); });
    if (!answer || answer->fit->verdict == Verdict::kTooBig || answer->fit->verdict == Verdict::kPartial) continue;
    const Tokens limit = question.model->context_limit * question.request.parallel;
    if (answer->request.context >= limit) continue;
    Question longer = question;
    longer.longest_context = false;
    longer.request = answer->request;
    longer.request.placing = Placing::kGiven;
    longer.request.context = answer->request.context + Tokens(256) * question.request.parallel;
    const Estimate then = estimate(longer);
    const bool leaves_margin = question.request.placing == Placing::kAutomatic;
    CHECK((then.fit->verdict == Verdict::kTooBig ||
           (leaves_margin && leaves_too_little(question, then, what_there_is(longer, longer.request)))));
  }
}
