// Time of one estimate of every model of the catalogue: flash attention auto, all layers on one GPU, 4096 tokens.
// bench/lfmfit_bench --benchmark_filter=LFM2

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "lfmfit/catalog.hpp"
#include "lfmfit/estimate.hpp"

namespace {

const lfmfit::Catalog& catalog() {
  static const lfmfit::Catalog rows;
  return rows;
}

lfmfit::Question question(const lfmfit::Model& model) {
  lfmfit::Question asked;
  asked.model = &model;
  asked.quantization = &catalog().quantization("Q4_K_M");
  asked.backend = &catalog().backend("cuda");
  asked.cache = {&catalog().tensor_type("f16"), &catalog().tensor_type("f16")};
  return asked;
}

void estimate_of(benchmark::State& state, const lfmfit::Model* model) {
  const lfmfit::Question asked = question(*model);
  const std::vector<lfmfit::Tensor> stored = lfmfit::quantize(*model, *asked.quantization, false);
  for (auto _ : state) benchmark::DoNotOptimize(lfmfit::estimate(asked, stored));
}

void longest_context_of(benchmark::State& state, const lfmfit::Model* model) {
  const lfmfit::Question asked = question(*model);
  const std::vector<lfmfit::Tensor> stored = lfmfit::quantize(*model, *asked.quantization, false);
  for (auto _ : state)
    benchmark::DoNotOptimize(lfmfit::longest_context(asked, stored, {{lfmfit::from_gib(24)}, {}, {}}));
}

}  // namespace

int main(int argc, char** argv) {
  for (const lfmfit::Model& model : catalog().models()) {
    const auto add = [&](const std::string& what, void (*run)(benchmark::State&, const lfmfit::Model*)) {
      benchmark::RegisterBenchmark((what + "/" + model.card.id).c_str(), run, &model)->Unit(benchmark::kMicrosecond);
    };
    add("estimate", estimate_of);
    add("longest_context", longest_context_of);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
