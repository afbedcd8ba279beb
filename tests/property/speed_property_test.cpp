#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/speed.hpp"

namespace lfmfit {

namespace {

constexpr std::array kFewModels{"LiquidAI/LFM2-1.2B", "LiquidAI/LFM2-8B-A1B", "meta-llama/Llama-3.1-8B-Instruct",
                                "Qwen/Qwen3-30B-A3B"};

constexpr int kDepths[] = {0, 100, 1000, 10000, 100000};
constexpr int kPrompts[] = {64, 100, 512, 513, 2000, 8192};

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
  return device.bandwidth.value() / bytes_of_a_token(work.device);
}

/// Whether measurements of the device itself move it from its kind.
bool has_remainder(const SpeedTarget& target) {
  return remainder_of(target.constants, target.backend.name, target.device, false) != 1 ||
         remainder_of(target.constants, target.backend.name, target.device, true) != 1;
}

}  // namespace

TEST_CASE("no device decodes any model faster than it can read the weights", "[every device]") {
  for (const Model& model : catalog().models()) {
    if (!model.has_output) continue;
    const Workload gpu = work_of(model, "Q4_K_M", Tokens(0), false);
    for_each_target([&](const SpeedTarget& target) {
      const SpeedEstimate decode = estimate_decode(gpu, target);
      const auto where = [&] { return ": " + model.card.id + " on " + target.device.id; };
      if (!(decode.low <= decode.value && decode.value <= decode.high)) FAIL("outside its band" << where());
      if (decode.high.value() > roofline(gpu, target.device) * 1.000001) FAIL("above the roofline" << where());
      if (!(decode.low.value() > 0)) FAIL("no speed at all" << where());
    });
  }
}

TEST_CASE("more tokens in the cache never make decode or prefill faster", "[every device]") {
  for (const char* name :
       {"LiquidAI/LFM2-1.2B", "google/gemma-3-4b-it", "deepseek-ai/DeepSeek-V2-Lite-Chat", "Qwen/Qwen3-30B-A3B"}) {
    const Model& model = catalog().model(name);
    std::map<std::pair<bool, int>, Workload> works;
    for (const int depth : kDepths) {
      for (const bool is_cpu : {false, true}) works[{is_cpu, depth}] = work_of(model, "Q4_K_M", Tokens(depth), is_cpu);
    }
    for_each_target([&](const SpeedTarget& target) {
      double decode = 1e30, prefill = 1e30;
      for (const int depth : kDepths) {
        const Workload& work = works.at({target.backend.is_cpu, depth});
        const double next_decode = estimate_decode(work, target).value.value();
        const double next_prefill = estimate_prefill(work, target).value.value();
        if (next_decode > decode || next_prefill > prefill)
          FAIL("faster at a depth of " << depth << ": " << name << " on " << target.device.id);
        decode = next_decode;
        prefill = next_prefill;
      }
      if (target.device.id == "rtx-4090") CHECK(decode < 1e30);
    });
  }
}

TEST_CASE("more bandwidth, or a higher rate, never makes anything slower", "[every device]") {
  const Workload work = work_of(catalog().model("LiquidAI/LFM2-8B-A1B"), "Q4_K_M", Tokens(2000), false);
  for_each_target([&](const SpeedTarget& target) {
    Device better = target.device;
    better.bandwidth = better.bandwidth * 1.3;
    better.fp32 = better.fp32 * 1.3;
    const SpeedTarget other{better, target.backend, target.constants};
    CAPTURE(target.device.id);
    if (has_remainder(target)) return;  // which may be that of another device with the same chip
    CHECK(estimate_decode(work, other).value >= estimate_decode(work, target).value);
    CHECK(estimate_prefill(work, other).value >= estimate_prefill(work, target).value);
    if (target.backend.is_cpu) return;  // whose cores may draw no more than they do
    CHECK(estimate_decode(work, other).value > estimate_decode(work, target).value);
    CHECK(estimate_prefill(work, other).value > estimate_prefill(work, target).value);
  });
}

TEST_CASE("a larger quantization of the same layout is never faster beyond the band", "[every device]") {
  const Model& model = catalog().model("meta-llama/Llama-3.1-8B-Instruct");
  const Workload eight = work_of(model, "Q8_0", Tokens(0), false);
  const Workload four = work_of(model, "Q4_0", Tokens(0), false);
  for_each_target([&](const SpeedTarget& target) {
    CAPTURE(target.device.id);
    CHECK(estimate_decode(four, target).high >= estimate_decode(eight, target).value);
  });
}

TEST_CASE("of two devices of one kind, the one that is better in both is no slower, at decode and at prompts",
          "[every device]") {
  for (const char* name : kFewModels) {
    const Workload gpu = work_of(catalog().model(name), "Q4_K_M", Tokens(200), false);
    struct Speeds {
      const Device* device;
      const SpeedRow* kind;
      double decode, prefill;
    };
    std::vector<Speeds> all;
    for_each_target([&](const SpeedTarget& target) {
      if (has_remainder(target) || target.backend.is_cpu) return;  // CPUs differ in cores, clocks and instructions
      all.push_back({&target.device, &speed_row(target.constants, target.backend.name, target.device),
                     estimate_decode(gpu, target).value.value(), estimate_prefill(gpu, target).value.value()});
    });
    for (const Speeds& a : all) {
      for (const Speeds& b : all) {
        const auto units = [](const Device& device) { return std::max(device.gpu_cores, device.multiprocessors); };
        const bool better = a.device->bandwidth >= b.device->bandwidth && a.device->fp32 >= b.device->fp32 &&
                            units(*a.device) == units(*b.device);  // more units are harder to fill
        const bool unknown = (a.device->fp32 <= ComputeRate(0)) != (b.device->fp32 <= ComputeRate(0));
        if (!better || unknown || a.kind != b.kind) continue;
        const auto where = [&] { return std::string(": ") + name + " on " + a.device->id + " and " + b.device->id; };
        if (a.decode < b.decode * 0.999999) FAIL("decode out of order" << where());
        if (a.prefill < b.prefill * 0.999999) FAIL("prefill out of order" << where());
      }
    }
  }
}

TEST_CASE("no device reads a prompt faster than its fastest rate multiplies, and every band holds its estimate",
          "[every device]") {
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
      const double operations = 2 * products_of_a_token(work.device);
      // else it may have a faster unit, as the matrix units that Apple's rows do not count
      const bool known = (device.fp16 > ComputeRate(0) || device.int8_tops > 0) && target.backend.name != "metal";
      if (known && !target.backend.is_cpu && prefill.value.value() * operations > rate) FAIL("above the peak rate");
    });
  }
}

TEST_CASE("more requests are never slower in all, nor each of them faster", "[every device]") {
  for (const char* name : kFewModels) {
    for (const int depth : {0, 8000}) {
      const Workload gpu = work_of(catalog().model(name), "Q4_K_M", Tokens(depth), false);
      const Workload cpu = work_of(catalog().model(name), "Q4_K_M", Tokens(depth), true);
      for_each_target([&](const SpeedTarget& target) {
        const Workload& work = target.backend.is_cpu ? cpu : gpu;
        double rate = decode_rate(work, target).value(), each = rate;
        for (const int requests : {2, 3, 4, 6, 8, 9, 12, 16, 24, 32, 33, 64, 65, 128, 129}) {
          const double together = decode_rate(work, target, requests).value();
          const auto where = [&] {
            return ": " + std::to_string(requests) + " of " + name + " on " + target.device.id + " at a depth of " +
                   std::to_string(depth);
          };
          if (together < rate * 0.999999) FAIL("slower together" << where());
          if (together / requests > each * 1.000001) FAIL("faster each" << where());
          rate = together;
          each = together / requests;
        }
        const SpeedEstimate many = estimate_decode(work, target, 16);
        if (!(many.low <= many.value && many.value <= many.high)) FAIL("the estimate is outside its band");
      });
    }
  }
}

TEST_CASE("a longer prompt never takes less time", "[every device]") {
  for (const char* name : kFewModels) {
    Request request;
    const TensorType& f16 = catalog().tensor_type("f16");
    const Model& model = catalog().model(name);
    const std::vector<Tensor> stored = quantize(model, catalog().quantization("Q4_K_M"));
    std::map<std::pair<bool, int>, Workload> works;
    for (const int prompt : kPrompts) {
      request.prompt = prompt;
      for (const bool is_cpu : {false, true})
        works[{is_cpu, prompt}] = count_work(model, stored, request, {&f16, &f16}, is_cpu, catalog().speed());
    }
    for_each_target([&](const SpeedTarget& target) {
      double last = 0;
      for (const int prompt : kPrompts) {
        const double time = prefill_time(works.at({target.backend.is_cpu, prompt}), target).value();
        if (time < last * 0.999)
          FAIL("a prompt of " << prompt << " is faster than a shorter: " << name << " on " << target.device.id);
        last = time;
      }
    });
  }
}

TEST_CASE("every tensor type that weights are stored in has its kernels stated", "[every device]") {
  for (const Quantization& quantization : catalog().quantizations()) {
    for (const Tensor& tensor : quantize(catalog().model("LiquidAI/LFM2-8B-A1B"), quantization)) {
      bool stated = false;
      for (const WeightKernel& kernel : catalog().speed().weight_kernels)
        stated = stated || kernel.type == tensor.stored;
      if (!stated) FAIL(tensor.stored->name);
    }
  }
}

}  // namespace lfmfit
