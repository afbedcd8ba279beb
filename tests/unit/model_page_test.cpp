#include "lfmfit/model_page.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/scene.hpp"

using namespace lfmfit;
using test::shipped;

namespace {

PageChoices choices(const Model& model) {
  PageChoices choices;
  for (const char* name : {"Q8_0", "Q4_K_M"}) choices.quantizations.push_back(&shipped().quantization(name));
  for (const char* name : {"f16", "q8_0"})
    choices.caches.push_back({&shipped().tensor_type(name), &shipped().tensor_type(name)});
  choices.contexts = {Tokens(4096), model.context_limit};
  choices.slots = {1, 4};
  return choices;
}

std::vector<ReportScope::Candidate> devices() {
  std::vector<ReportScope::Candidate> devices;
  for (const char* name :
       {"rtx-3060-12gb", "rx-7900-xtx", "apple-macbook-pro-m4-pro-24gb", "ryzen-9-7950x", "dgx-2"}) {
    const Device& device = shipped().device(name);
    devices.push_back({&device, &shipped().backend(device.backend)});
  }
  return devices;
}

ModelPage page_of(const std::string& model) {
  const Question question = test::question_about(model);
  return make_model_page(question, choices(*question.model), devices());
}

/// The estimate that `page` should agree with, for one device in one state.
Estimate direct(const ModelPage& page, const PageDevice& row, std::size_t q, std::size_t c, std::size_t k,
                std::size_t p) {
  Question question = page.question;
  question.device = row.device;
  question.backend = page.backends[row.backend].backend;
  question.quantization = page.choices.quantizations[q];
  question.cache = page.choices.caches[k];
  question.request.context = page.choices.contexts[c];
  question.request.parallel = page.choices.slots[p];
  question.request.gpu_count = kAllGpus;
  return estimate(question);
}

std::size_t depth_index(const ModelPage& page, Tokens depth) {
  return static_cast<std::size_t>(std::find(page.depths.begin(), page.depths.end(), depth) - page.depths.begin());
}

void check_state(const ModelPage& page, const PageDevice& row, std::size_t q, std::size_t c, std::size_t k,
                 std::size_t p) {
  INFO(row.device->id << " " << page.choices.quantizations[q]->name << " " << page.choices.contexts[c].count() << " "
                      << page.choices.caches[k].k->name << " x" << page.choices.slots[p]);
  const Estimate answer = direct(page, row, q, c, k, p);
  const PageBackend& table = page.backends[row.backend];
  const auto& compute = table.compute[page.choices.state(q, c, k, p)];
  REQUIRE(compute);
  const Bytes shared = table.weights[q] + table.caches[page.choices.cache_state(c, k, p)] + table.states[p];
  const int place = answer.memory.tightest_place();
  const ByteRange driver = share_of(row.driver, *compute);
  CHECK(shared + compute->gpu.value + compute->pool + driver.value == answer.memory.total(place));
  CHECK(shared + compute->gpu.high + driver.high == answer.fit->required);
  if (place != kHost && table.gpus == 1) CHECK(compute->host == answer.memory.total(kHost));
  std::size_t verdict = 0;
  while (verdict < row.most.size() && row.most[verdict] < answer.fit->required) ++verdict;
  CHECK(verdict ==
        (answer.fit->verdict == Verdict::kTooBig ? row.most.size() : static_cast<std::size_t>(answer.fit->verdict)));
  CHECK((answer.memory.total(place) <= row.speed_limit) == answer.speed.has_value());
  if (!answer.speed) return;
  CHECK(row.speed->decode[q].value == answer.speed->decode.value);
  CHECK(row.speed->decode[q].high == answer.speed->decode.high);
  CHECK(row.speed->prefill[q].value == answer.speed->prefill->value);
  CHECK(row.speed->prefill[q].low == answer.speed->prefill->low);
  if (answer.speed->throughput)
    CHECK(row.speed->together[q * page.choices.slots.size() + p].high == answer.speed->throughput->high);
  const Tokens depth(page.choices.contexts[c].count() / page.choices.slots[p]);
  const Seconds later = row.speed->deeper[k * page.depths.size() + depth_index(page, depth)];
  CHECK(1 / (1 / row.speed->decode[q].value.value() + later.value()) ==
        Approx(answer.speed->decode_full_context->value()).epsilon(1e-9));
}

}  // namespace

TEST_CASE("what a page adds up is what an estimate says, in every state on every device") {
  const std::string model =
      GENERATE("LiquidAI/LFM2-1.2B-RAG", "LiquidAI/LFM2-8B-A1B", "google/gemma-3-4b-it", "Qwen/Qwen3-8B");
  const ModelPage page = page_of(model);
  REQUIRE(page.devices.size() == 5);
  for (const PageDevice& row : page.devices) {
    for (std::size_t q = 0; q < page.choices.quantizations.size(); ++q) {
      for (std::size_t c = 0; c < page.choices.contexts.size(); ++c) {
        for (std::size_t k = 0; k < page.choices.caches.size(); ++k) {
          for (std::size_t p = 0; p < page.choices.slots.size(); ++p) check_state(page, row, q, c, k, p);
        }
      }
    }
  }
}

TEST_CASE("the state that was asked for is among a page's choices") {
  Question question = test::question_about("LiquidAI/LFM2-350M");
  question.quantization = &shipped().quantization("IQ4_XS");
  question.request.context = Tokens(5000);
  question.request.parallel = 3;
  question.cache.v = &shipped().tensor_type("q4_0");
  const ModelPage page = make_model_page(question, choices(*question.model), devices());
  CHECK(page.choices.quantizations.front() == question.quantization);
  CHECK(page.choices.contexts == std::vector<Tokens>{Tokens(4096), Tokens(5000), question.model->context_limit});
  CHECK(page.choices.slots == std::vector<std::int64_t>{1, 3, 4});
  CHECK(page.choices.caches.front().v == question.cache.v);
  CHECK(page.choices.states() == 3 * 3 * 3 * 3);
}

TEST_CASE("a cache that a model cannot have is no choice") {
  Question question = test::question_about("LiquidAI/LFM2-350M");
  question.request.flash_attention = FlashAttention::kOff;  // a quantized value cache needs it
  const ModelPage page = make_model_page(question, choices(*question.model), devices());
  REQUIRE(page.choices.caches.size() == 1);
  CHECK(page.choices.caches.front().k->name == "f16");
}

TEST_CASE("usual contexts double until the model's own") {
  CHECK(usual_contexts(Tokens(20000)) == std::vector<Tokens>{Tokens(4096), Tokens(8192), Tokens(16384), Tokens(20000)});
  CHECK(usual_contexts(Tokens(512)) == std::vector<Tokens>{Tokens(512)});
}

TEST_CASE("a device that no backend of ours drives is left out, and the page says so") {
  const Question question = test::question_about("LiquidAI/LFM2-350M");
  Device strange = shipped().device("rtx-4090");
  strange.backend = "abacus";
  const ModelPage page = make_model_page(question, choices(*question.model), {{&strange, nullptr}});
  CHECK(page.devices.empty());
  REQUIRE(page.warnings.size() == 1);
  CHECK(page.warnings.front().find("abacus") != std::string::npos);
}
