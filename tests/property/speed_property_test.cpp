#include "catch.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/speed.hpp"

namespace lfmfit {

namespace {

const Catalog& catalog() {
  static const Catalog catalog;
  return catalog;
}

Workload work_of(const Model& model, const std::string& quantization, Tokens depth, bool cpu) {
  Request request;
  request.depth = depth;
  const TensorType& f16 = catalog().tensor_type("f16");
  return count_work(model, quantize(model, catalog().quantization(quantization)), request, {f16, f16}, cpu, catalog().speed());
}

/// Calls `check` for every device of the catalogue on its usual backend.
template <class Check>
void for_each_target(Check check) {
  for (const Device& device : catalog().devices()) check(SpeedTarget{device, catalog().backend(device.backend), catalog().speed()});
}

double roofline(const Workload& work, const Device& device) {
  double bytes = work.device.dense_bytes;
  for (const ExpertLoad& load : work.device.experts) bytes += load.bytes * load.share;
  return device.bandwidth.value() / bytes;
}

}  // namespace

TEST_CASE("no device decodes any model faster than it can read the weights") {
  for (const Model& model : catalog().models()) {
    if (!model.has_output) continue;
    const Workload gpu = work_of(model, "Q4_K_M", Tokens(0), false);
    for_each_target([&](const SpeedTarget& target) {
      const SpeedEstimate decode = estimate_decode(gpu, target);
      CAPTURE(model.card.id, target.device.id);
      if (!(decode.low <= decode.value && decode.value <= decode.high)) FAIL("the estimate is outside its band");
      if (decode.high.value() > roofline(gpu, target.device) * 1.000001) FAIL("above the roofline");
      if (!(decode.low.value() > 0)) FAIL("no speed at all");
    });
  }
}

TEST_CASE("more tokens in the cache never make decode or prefill faster") {
  for (const char* name : {"LiquidAI/LFM2-1.2B", "google/gemma-3-4b-it", "deepseek-ai/DeepSeek-V2-Lite-Chat", "Qwen/Qwen3-30B-A3B"}) {
    const Model& model = catalog().model(name);
    for_each_target([&](const SpeedTarget& target) {
      double decode = 1e30, prefill = 1e30;
      for (const int depth : {0, 100, 1000, 10000, 100000}) {
        const Workload work = work_of(model, "Q4_K_M", Tokens(depth), target.backend.is_cpu);
        const double next_decode = estimate_decode(work, target).value.value();
        const double next_prefill = estimate_prefill(work, target).value.value();
        CAPTURE(name, target.device.id, depth);
        if (next_decode > decode || next_prefill > prefill) FAIL("faster at greater depth");
        decode = next_decode;
        prefill = next_prefill;
      }
      if (target.device.id == "rtx-4090") CHECK(decode < 1e30);
    });
  }
}

TEST_CASE("more bandwidth, or a higher rate, never makes anything slower") {
  const Workload work = work_of(catalog().model("LiquidAI/LFM2-8B-A1B"), "Q4_K_M", Tokens(2000), false);
  for_each_target([&](const SpeedTarget& target) {
    Device better = target.device;
    better.bandwidth = better.bandwidth * 1.3;
    better.fp32 = better.fp32 * 1.3;
    const SpeedTarget other{better, target.backend, target.constants};
    CAPTURE(target.device.id);
    CHECK(estimate_decode(work, other).value > estimate_decode(work, target).value);
    CHECK(estimate_prefill(work, other).value > estimate_prefill(work, target).value);
  });
}

TEST_CASE("fewer bits of the same kind of numbers never decode slower") {
  const Model& model = catalog().model("meta-llama/Llama-3.1-8B-Instruct");
  const Workload eight = work_of(model, "Q8_0", Tokens(0), false);
  const Workload four = work_of(model, "Q4_0", Tokens(0), false);
  for_each_target([&](const SpeedTarget& target) {
    CAPTURE(target.device.id);
    CHECK(estimate_decode(four, target).value >= estimate_decode(eight, target).value);
  });
}

TEST_CASE("of two cards of one generation, the one that is better in both decodes no slower") {
  const Workload work = work_of(catalog().model("LiquidAI/LFM2-1.2B"), "Q4_K_M", Tokens(200), false);
  const std::vector<Device>& devices = catalog().devices();
  for (const Device& a : devices) {
    for (const Device& b : devices) {
      if (a.generation != b.generation || a.compute_capability != b.compute_capability || a.backend != b.backend) continue;
      if (a.bandwidth < b.bandwidth || a.fp32 < b.fp32 || a.fp32 <= ComputeRate(0) || b.fp32 <= ComputeRate(0)) continue;
      const auto decode = [&](const Device& device) {
        return estimate_decode(work, {device, catalog().backend(device.backend), catalog().speed()}).value.value();
      };
      CAPTURE(a.id, b.id);
      if (decode(a) < decode(b) * 0.999999) FAIL("out of order");
    }
  }
}

TEST_CASE("every tensor type that weights are stored in has its work stated") {
  for (const Quantization& quantization : catalog().quantizations()) {
    for (const Tensor& tensor : quantize(catalog().model("LiquidAI/LFM2-8B-A1B"), quantization)) {
      bool stated = false;
      for (const WeightWork& work : catalog().speed().weight_work) stated = stated || work.type == tensor.stored;
      if (!stated) FAIL(tensor.stored->name);
    }
  }
}

}  // namespace lfmfit
