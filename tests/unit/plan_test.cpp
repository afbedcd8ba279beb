#include "lfmfit/plan.hpp"

#include <algorithm>

#include "catch.hpp"
#include "support/scene.hpp"

namespace {

using namespace lfmfit;
using test::shipped;

Question qwen_on(const std::string& device, std::int64_t context) {
  Question question = test::question_about("Qwen/Qwen3-14B", device);
  question.request.context = Tokens(context);
  question.request.placing = Placing::kWhereNeeded;
  question.request.gpu_count = kAllGpus;
  return question;
}

std::vector<const Quantization*> usual_quantizations() {
  std::vector<const Quantization*> rows;
  for (const Quantization& quantization : shipped().quantizations()) {
    if (quantization.listed) rows.push_back(&quantization);
  }
  return rows;
}

PlanMeans usual_means() {
  PlanMeans means;
  means.remedies.quantizations = usual_quantizations();
  means.remedies.cache_type = &shipped().tensor_type("q8_0");
  return means;
}

bool is_whole_with(Question question, const Quantization& quantization) {
  question.quantization = &quantization;
  return is_whole(estimate(question));
}

}  // namespace

TEST_CASE("The best quantization fits wholly, and the next better does not") {
  const std::vector<const Quantization*> rows = usual_quantizations();
  for (const char* device : {"rtx-3060", "rtx-4090", "gtx-1060-6gb", "apple-macbook-air-m3-16gb"}) {
    for (const std::int64_t context : {4096, 32768}) {
      const Question question = qwen_on(device, context);
      const Quantization& best = best_quantization(question, rows);
      CAPTURE(device, context, best.name);
      const auto place = std::find(rows.begin(), rows.end(), &best);
      if (!is_whole_with(question, best)) {
        CHECK(std::none_of(rows.begin(), rows.end(), [&](const auto* row) { return is_whole_with(question, *row); }));
        continue;
      }
      if (place != rows.begin()) CHECK_FALSE(is_whole_with(question, **(place - 1)));
    }
  }
}

TEST_CASE("A plan takes what best_quantization takes, and no row is worse than another in all") {
  const Question question = qwen_on("rtx-3060", 16384);
  PlanMeans means = usual_means();
  means.remedies.cache_type = nullptr;
  const Plan plan = make_plan(question, means);
  REQUIRE(plan.best);
  const PlanRow& best = plan.rows[*plan.best];
  CHECK(best.question.quantization == &best_quantization(question, usual_quantizations()));
  CHECK(best.serves);
  CHECK(plan.remedies.empty());
  for (std::size_t i = 1; i < plan.rows.size(); ++i)
    CHECK(plan.rows[i].answer.tensor_bytes < plan.rows[i - 1].answer.tensor_bytes);
}

TEST_CASE("A plan takes a smaller cache rather than a smaller quantization") {
  const Question question = qwen_on("rtx-3060", 16384);
  const Plan plan = make_plan(question, usual_means());
  REQUIRE(plan.best);
  const PlanRow& best = plan.rows[*plan.best];
  CHECK(best.changes == std::vector<Setting>{{Setting::Kind::kCacheType, 0, "q8_0"}});
  CHECK(is_whole(best.answer));
  CHECK_FALSE(is_whole_with(question, *best.question.quantization));
}

TEST_CASE("The longest context of a row fits, a step more does not, with either cache") {
  const Plan plan = make_plan(qwen_on("rtx-3060", 8192), usual_means());
  int looked_at = 0;
  for (const PlanRow& row : plan.rows) {
    CAPTURE(row.question.quantization->name);
    for (const char* type : {"f16", "q8_0"}) {
      const std::optional<Tokens> longest = *type == 'f' ? row.longest : row.longest_small_cache;
      if (!longest) continue;
      ++looked_at;
      Question question = qwen_on("rtx-3060", longest->count());
      question.quantization = row.question.quantization;
      question.cache = {&shipped().tensor_type(type), &shipped().tensor_type(type)};
      CHECK(is_whole(estimate(question)));
      question.request.context = *longest + Tokens(256);
      CHECK((*longest == question.model->context_limit || !is_whole(estimate(question))));
    }
  }
  CHECK(looked_at > 4);
}

TEST_CASE("What does not fit the GPU has as few layers or experts beside it as need be") {
  Question question = test::question_about("Qwen/Qwen3-30B-A3B", "rtx-4060");
  question.request.placing = Placing::kWhereNeeded;
  question.ram = from_gib(64);
  const Plan plan = make_plan(question, usual_means());
  REQUIRE(plan.best);
  const PlanRow& best = plan.rows[*plan.best];
  REQUIRE(best.changes.size() == 1);
  REQUIRE(best.changes[0].kind == Setting::Kind::kExpertsOnHost);
  CHECK(best.question.quantization->name == "Q4_K_M");
  CHECK(best.answer.fit->verdict == Verdict::kPartial);
  Question fewer = best.question;
  fewer.request.n_cpu_moe = best.changes[0].number - 1;
  CHECK(estimate(fewer).fit->verdict == Verdict::kTooBig);
  for (const Remedy& remedy : plan.remedies) CHECK(is_whole(remedy.answer));
}

TEST_CASE("A quantization that was asked for is the one that is planned") {
  Question question = qwen_on("rtx-4090", 8192);
  question.quantization = &shipped().quantization("Q4_K_S");
  PlanMeans means = usual_means();
  means.quantization_is_open = false;
  const Plan plan = make_plan(question, means);
  REQUIRE(plan.best);
  CHECK(plan.rows[*plan.best].question.quantization == question.quantization);
}

TEST_CASE("A plan that must be quicker than anything has no best") {
  PlanMeans means = usual_means();
  means.remedies.min_speed = TokenRate(1e5);
  const Plan plan = make_plan(qwen_on("rtx-4090", 8192), means);
  CHECK_FALSE(plan.best);
  for (const PlanRow& row : plan.rows) CHECK_FALSE(row.serves);
}

TEST_CASE("The least device of a kind is one than which no smaller runs it well") {
  const Question question = test::question_about("LiquidAI/LFM2-8B-A1B");
  ReportScope scope;
  for (const Device& device : shipped().devices()) {
    if (device.backend == "cuda") scope.devices.push_back({&device, &shipped().backend("cuda")});
  }
  const Report report = make_report(question, scope);
  const std::vector<DeviceRow> least = least_devices(report, std::nullopt);
  REQUIRE(least.size() >= 4);
  for (const DeviceRow& row : least) {
    CAPTURE(row.device->id);
    CHECK(row.fit.verdict <= Verdict::kRunsWell);
    for (const auto* rows : {&report.gpus, &report.unified}) {
      for (const DeviceRow& other : *rows) {
        const Device &a = *row.device, &b = *other.device;
        const bool alike = a.device_class == b.device_class && a.segment == b.segment;
        if (alike && b.memory < a.memory) CHECK(other.fit.verdict > Verdict::kRunsWell);
      }
    }
  }
}

TEST_CASE("vLLM is planned by forms of checkpoints") {
  Question question = test::question_about("Qwen/Qwen3-14B", "rtx-4090");
  question.law = &law_called("exact");
  for (const Law* law : laws()) {
    if (std::string(law->runtime) == "vllm") question.law = law;
  }
  question.vllm =
      VllmQuestion{&shipped().vllm(), &shipped().vllm().versions.front(), &shipped().checkpoint_forms(), {}, {}};
  question.quantization = &shipped().checkpoint_forms().front().row;
  question.request.context = Tokens(16384);
  PlanMeans means;
  for (const CheckpointForm& form : shipped().checkpoint_forms()) means.remedies.quantizations.push_back(&form.row);
  means.remedies.quantizations = by_size(question, means.remedies.quantizations);
  const Plan plan = make_plan(question, means);
  REQUIRE(plan.best);
  CHECK(plan.small_cache == "fp8");
  CHECK(plan.rows[*plan.best].question.quantization->name != "BF16");
  CHECK(plan.rows[*plan.best].longest);
}
