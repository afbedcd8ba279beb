#include <algorithm>
#include <array>
#include <vector>

#include "catch.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/speed.hpp"

namespace lfmfit {

namespace {

constexpr std::array kFewModels{"LiquidAI/LFM2-1.2B", "LiquidAI/LFM2-8B-A1B", "meta-llama/Llama-3.1-8B-Instruct",
                                "Qwen/Qwen3-30B-A3B"};

const Catalog& catalog() {
  static const Catalog catalog;
  return catalog;
}

Workload work_of(const Model& model, const std::string& quantization, Tokens depth, bool cpu) {
  Request request;
  request.depth = depth;
  const TensorType& f16 = catalog().tensor_type("f16");
  return count_work(model, quantize(model, catalog().quantization(quantization)), request, {&f16, &f16}, cpu,
                    catalog().speed());
}

/// Calls `check` for every device of the catalogue on its usual backend.
template <class Check>
void for_each_target(Check check) {
  for (const Device& device : catalog().devices())
    check(SpeedTarget{device, catalog().backend(device.backend), catalog().speed()});
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
  for (const char* name :
       {"LiquidAI/LFM2-1.2B", "google/gemma-3-4b-it", "deepseek-ai/DeepSeek-V2-Lite-Chat", "Qwen/Qwen3-30B-A3B"}) {
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

TEST_CASE("of two devices of one kind, the one that is better in both is no slower, at decode and at prompts") {
  for (const char* name : kFewModels) {
    const Workload gpu = work_of(catalog().model(name), "Q4_K_M", Tokens(200), false);
    const Workload cpu = work_of(catalog().model(name), "Q4_K_M", Tokens(200), true);
    struct Speeds {
      const Device* device;
      const SpeedRow *decode_kind, *prefill_kind;
      double decode, prefill;
    };
    std::vector<Speeds> all;
    for_each_target([&](const SpeedTarget& target) {
      const Workload& work = target.backend.is_cpu ? cpu : gpu;
      const SpeedConstants& constants = target.constants;
      all.push_back({&target.device, &speed_row(constants.decode, target.backend.name, target.device),
                     &speed_row(constants.prefill, target.backend.name, target.device),
                     estimate_decode(work, target).value.value(), estimate_prefill(work, target).value.value()});
    });
    for (const Speeds& a : all) {
      for (const Speeds& b : all) {
        const bool better = a.device->bandwidth >= b.device->bandwidth && a.device->fp32 >= b.device->fp32;
        const bool unknown = (a.device->fp32 <= ComputeRate(0)) != (b.device->fp32 <= ComputeRate(0));
        if (!better || unknown) continue;
        CAPTURE(name, a.device->id, b.device->id);
        if (a.decode_kind == b.decode_kind && a.decode < b.decode * 0.999999) FAIL("decode out of order");
        if (a.prefill_kind == b.prefill_kind && a.prefill < b.prefill * 0.999999) FAIL("prefill out of order");
      }
    }
  }
}

TEST_CASE("no device reads a prompt faster than its fastest rate multiplies, and every band holds its estimate") {
  for (const char* name : kFewModels) {
    const Workload gpu = work_of(catalog().model(name), "Q4_K_M", Tokens(0), false);
    const Workload cpu = work_of(catalog().model(name), "Q4_K_M", Tokens(0), true);
    for_each_target([&](const SpeedTarget& target) {
      const Workload& work = target.backend.is_cpu ? cpu : gpu;
      const SpeedEstimate prefill = estimate_prefill(work, target);
      CAPTURE(name, target.device.id, prefill.value.value());
      if (!(prefill.low <= prefill.value && prefill.value <= prefill.high && prefill.low.value() > 0))
        FAIL("the estimate is outside its band");
      const Device& device = target.device;
      const double rate = std::max({device.fp32.value(), device.fp16.value(), device.int8_tops * 1e12});
      const double operations = 2 * (work.device.dense_parameters + work.device.expert_parameters);
      const bool known = device.fp16 > ComputeRate(0) || device.int8_tops > 0;  // else it may have a faster unit
      if (known && !target.backend.is_cpu && prefill.value.value() * operations > rate) FAIL("above the peak rate");
    });
  }
}

TEST_CASE("several requests together are never slower than one, nor each of them faster") {
  for (const char* name : kFewModels) {
    for (const int depth : {0, 8000}) {
      const Workload gpu = work_of(catalog().model(name), "Q4_K_M", Tokens(depth), false);
      const Workload cpu = work_of(catalog().model(name), "Q4_K_M", Tokens(depth), true);
      for_each_target([&](const SpeedTarget& target) {
        const Workload& work = target.backend.is_cpu ? cpu : gpu;
        const double one = decode_rate(work, target).value();
        for (const int requests : {2, 4, 16, 64}) {
          const SpeedEstimate together = estimate_decode(work, target, requests);
          CAPTURE(name, depth, target.device.id, requests);
          if (together.value.value() < one) FAIL("slower together");
          if (together.value.value() > requests * one) FAIL("faster each");
          if (!(together.low <= together.value && together.value <= together.high))
            FAIL("the estimate is outside its band");
        }
      });
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
