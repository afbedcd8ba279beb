// What answers cost inside the program: bench/lfmfit_costs_bench. From outside: bench/costs.py.

#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "lfmfit/catalog.hpp"
#include "lfmfit/estimate.hpp"
#include "lfmfit/report.hpp"
#include "lfmfit/rule_of_thumb.hpp"

namespace {

using namespace lfmfit;

const Catalog& catalog() {
  static const Catalog rows;
  return rows;
}

Question question_about(const Model& model, const Quantization& quantization) {
  Question asked;
  asked.model = &model;
  asked.quantization = &quantization;
  asked.backend = &catalog().backend("cuda");
  asked.cache = {&catalog().tensor_type("f16"), &catalog().tensor_type("f16")};
  return asked;
}

void catalogue(benchmark::State& state) {
  for (auto _ : state) {
    const Catalog rows;
    benchmark::DoNotOptimize(rows.devices().size() + rows.models().size());
  }
}
BENCHMARK(catalogue)->Unit(benchmark::kMillisecond);

/// What calculator sites do: a sum.
void closed_form(benchmark::State& state) {
  const Model& model = catalog().model("lfm2-1.2b");
  const Quantization& quantization = catalog().quantization("Q4_K_M");
  for (auto _ : state) benchmark::DoNotOptimize(rule_of_thumb_memory(model, quantization, Tokens(4096)));
}
BENCHMARK(closed_form)->Unit(benchmark::kMicrosecond);

/// The allocator's re-play, on one device, with its speeds.
void replay(benchmark::State& state, const char* name) {
  Question asked = question_about(catalog().model(name), catalog().quantization("Q4_K_M"));
  asked.device = &catalog().device("h100-sxm");
  asked.speed_constants = &catalog().speed();
  const std::vector<Tensor> stored = stored_tensors(asked);
  for (auto _ : state) benchmark::DoNotOptimize(estimate(asked, stored));
}
BENCHMARK_CAPTURE(replay, lfm2_1_2b, "lfm2-1.2b")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(replay, llama_70b, "llama-3.3-70b")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(replay, gpt_oss_120b, "gpt-oss-120b")->Unit(benchmark::kMicrosecond);

/// One model on every device, with verdicts and speeds.
void every_device(benchmark::State& state) {
  Question asked = question_about(catalog().model("lfm2-1.2b"), catalog().quantization("Q4_K_M"));
  asked.speed_constants = &catalog().speed();
  ReportScope scope;
  for (const Device& device : catalog().devices())
    scope.devices.push_back({&device, &catalog().backend(device.backend)});
  for (auto _ : state) benchmark::DoNotOptimize(make_report(asked, scope));
}
BENCHMARK(every_device)->Unit(benchmark::kMillisecond);

/// Whether each model of the catalogue, at each usual quantization, fits each card.
void every_model_quantization_and_card(benchmark::State& state) {
  for (auto _ : state) {
    std::size_t fitting = 0;
    for (const Model& model : catalog().models()) {
      const std::shared_ptr<ComputePlans> plans = new_compute_plans();
      for (const Quantization& quantization : catalog().quantizations()) {
        if (!quantization.listed) continue;
        Question asked = question_about(model, quantization);
        asked.plans = plans;
        const std::vector<Tensor> stored = stored_tensors(asked);
        const MemoryLedger ledger = law_of(asked).memory(asked, stored);
        for (const Device& device : catalog().devices()) {
          asked.device = &device;
          if (device.device_class == DeviceClass::kGpu) fitting += fits(judge(ledger, capacity_of(asked))) ? 1U : 0U;
        }
      }
    }
    benchmark::DoNotOptimize(fitting);
  }
}
BENCHMARK(every_model_quantization_and_card)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace

BENCHMARK_MAIN();
