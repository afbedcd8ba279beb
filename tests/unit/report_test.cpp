#include "lfmfit/report.hpp"

#include <algorithm>

#include "catch.hpp"
#include "support/scene.hpp"

using namespace lfmfit;
using test::shipped;

namespace {

Report report_on(const std::vector<std::string>& devices, const std::string& model = "LiquidAI/LFM2-1.2B-RAG",
                 Tokens context = Tokens(4096)) {
  ReportScope scope;
  for (const char* name : {"Q4_0", "Q4_K_M", "Q8_0"}) scope.quantizations.push_back(&shipped().quantization(name));
  for (const std::string& name : devices) {
    const Device& device = shipped().device(name);
    scope.devices.push_back({&device, &shipped().backend(device.backend)});
  }
  Question question = test::question_about(model);
  question.request.context = context;
  return make_report(question, scope);
}

bool says(const std::vector<std::string>& warnings, const std::string& part) {
  return std::any_of(warnings.begin(), warnings.end(),
                     [&](const std::string& warning) { return warning.find(part) != std::string::npos; });
}

DeviceRow row(const Device& device, Verdict verdict, double rate) {
  Speed speed;
  speed.decode.value = TokenRate(rate);
  DeviceRow result{&device, nullptr, {}, speed, {}};
  result.fit.verdict = verdict;
  return result;
}

}  // namespace

TEST_CASE("devices are sorted into cards with servers, unified memory and machines without a GPU") {
  const Report report = report_on({"rtx-4090", "dgx-h100", "dgx-spark", "ryzen-9-7950x"});
  CHECK(report.gpus.size() == 2);
  CHECK(report.unified.size() == 1);
  CHECK(report.cpus.size() == 1);
}

TEST_CASE("a server is judged as one of its GPUs") {
  const Report report = report_on({"h100-sxm", "dgx-h100"});
  REQUIRE(report.gpus.size() == 2);
  CHECK(report.gpus[0].fit.usable == report.gpus[1].fit.usable);
  CHECK(report.gpus[0].speed->decode.value == report.gpus[1].speed->decode.value);
  CHECK(report.gpus[0].device->id == "dgx-h100");  // ties go by id
}

TEST_CASE("a row says what the estimate for its device says") {
  const Report report = report_on({"rtx-3060"});
  const Estimate alone = estimate(test::question_about("LiquidAI/LFM2-1.2B-RAG", "rtx-3060"));
  CHECK(report.gpus[0].fit.required == alone.fit->required);
  CHECK(report.gpus[0].fit.verdict == alone.fit->verdict);
  CHECK(report.gpus[0].speed->decode.value == alone.speed->decode.value);
}

TEST_CASE("what does not fit has no speed") {
  const Report report = report_on({"gt-1030"}, "meta-llama/Llama-3.1-8B-Instruct");
  CHECK(report.gpus[0].fit.verdict == Verdict::kTooBig);
  CHECK_FALSE(report.gpus[0].speed);
}

TEST_CASE("the table of quantizations holds both contexts, and fewer bits need less") {
  const Report report = report_on({});
  REQUIRE(report.quantizations.size() == 3);
  for (const QuantizationRow& quantization : report.quantizations)
    CHECK(quantization.total < quantization.total_full_context);
  CHECK(report.quantizations[0].total < report.quantizations[1].total);
  CHECK(report.quantizations[1].total < report.quantizations[2].total);
  CHECK(report.quantizations[1].total == report.estimate.memory.total(0));
}

TEST_CASE("ranking goes by verdict, then decode speed, then id") {
  Device a, b;
  a.id = "a";
  b.id = "b";
  CHECK(ranks_before(row(b, Verdict::kRunsGreat, 1), row(a, Verdict::kTight, 100)));
  CHECK(ranks_before(row(b, Verdict::kTight, 2), row(a, Verdict::kTight, 1)));
  CHECK(ranks_before(row(a, Verdict::kTight, 1), row(b, Verdict::kTight, 1)));
  CHECK_FALSE(ranks_before(row(b, Verdict::kTight, 1), row(a, Verdict::kTight, 1)));
}

TEST_CASE("rows can be sorted by other things, ties by rank") {
  Report report = report_on({"rtx-4090", "rtx-3060", "rtx-3090"});
  sort_rows(report.gpus, DeviceOrder::kMemory);
  CHECK(report.gpus.back().device->id == "rtx-3060-12gb");
  sort_rows(report.gpus, DeviceOrder::kName);
  CHECK(report.gpus.front().device->id == "rtx-3060-12gb");
  sort_rows(report.gpus, DeviceOrder::kBandwidth);
  CHECK(report.gpus.front().device->id == "rtx-4090");
}

TEST_CASE("verdicts are counted in their order") {
  Device device;
  const VerdictCounts counts = count_verdicts(
      {row(device, Verdict::kRunsGreat, 1), row(device, Verdict::kTooBig, 1), row(device, Verdict::kTooBig, 1)});
  CHECK(counts == VerdictCounts{1, 0, 0, 0, 2});
}

TEST_CASE("a context beyond what the model can use is a warning") {
  CHECK(says(report_on({}, "LiquidAI/LFM2-1.2B-RAG", Tokens(200000)).warnings, "ends at 128,000"));
  CHECK_FALSE(says(report_on({}, "LiquidAI/LFM2-1.2B-RAG", Tokens(128000)).warnings, "configuration"));
}

TEST_CASE("the reason why sites differ is there where they count a cache in too many layers") {
  const Report hybrid = report_on({}, "LiquidAI/LFM2-1.2B-RAG", Tokens(128000));
  REQUIRE(hybrid.calculators_say);
  CHECK(in_gb(*hybrid.calculators_say) == Approx(5.2).margin(0.05));
  CHECK_FALSE(report_on({}, "meta-llama/Llama-3.1-8B-Instruct").calculators_say);
}
