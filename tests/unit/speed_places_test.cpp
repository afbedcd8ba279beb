#include "catch.hpp"
#include "core/speed/expert_choice.hpp"
#include "lfmfit/speed.hpp"
#include "support/speed_scene.hpp"

// What it costs that a model lies in several places: GPUs that wait for each other, and the host.
namespace lfmfit {

using test::add_attention_layer;
using test::add_expert_layer;
using test::milliseconds_of;
using test::SpeedScene;

namespace {

/// All experts of one layer, and what two of them take that one token uses.
constexpr double kExpert = 3 * 1000.0 * 500, kAllExperts = 8 * kExpert, kUsedExperts = 2 * kExpert;

/// A layer of experts that lie in host memory.
void put_experts_on_host(SpeedScene& scene) {
  add_expert_layer(scene.model, 8, 2);
  scene.request.cpu_moe = true;
}

}  // namespace

TEST_CASE("GPUs that share layers meet twice in each of them") {
  SpeedScene scene;
  for (int layer = 0; layer < 3; ++layer) add_attention_layer(scene.model);
  scene.request.gpu_count = 2;
  scene.request.split_mode = SplitMode::kTensor;
  CHECK(milliseconds_of(scene.decode(), "exchanges between GPUs") == Approx(2 * 3 * 1e-3));
  CHECK(milliseconds_of(scene.decode(), "hops between GPUs") == 0);
}

TEST_CASE("Between GPUs that each hold layers a token hops once less than there are GPUs") {
  SpeedScene scene;
  for (int layer = 0; layer < 3; ++layer) add_attention_layer(scene.model);
  CHECK(milliseconds_of(scene.decode(), "hops between GPUs") == 0);
  for (const int gpus : {2, 3}) {
    scene.request.gpu_count = gpus;
    CHECK(milliseconds_of(scene.decode(), "hops between GPUs") == Approx((gpus - 1) * 0.1));
    CHECK(milliseconds_of(scene.decode(), "exchanges between GPUs") == 0);
  }
}

TEST_CASE("GPUs that each hold layers work on several micro-batches of a prompt at once, where their backend can") {
  SpeedScene scene;
  for (int layer = 0; layer < 40; ++layer) add_attention_layer(scene.model);
  scene.request.gpu_count = 2;
  scene.request.ubatch = 512;
  const auto share = [&](std::int64_t prompt) {
    scene.request.prompt = prompt;
    scene.constants.assumptions.pipelined = {"another"};
    const double one_by_one = scene.prefill().time.value();
    scene.constants.assumptions.pipelined = {"fast"};
    return scene.prefill().time.value() / one_by_one;
  };
  CHECK(share(512) == 1);
  // half of the faster GPU's time is hidden, of all micro-batches but one
  CHECK(share(2048) == Approx(1 - 0.5 * 3 / 4 * 0.5).margin(0.015));
  CHECK(share(2049) < share(2048));
  scene.request.split_mode = SplitMode::kTensor;
  CHECK(share(2048) == 1);
  scene.request.split_mode = SplitMode::kLayer;
  scene.request.gpu_layers = 20;
  CHECK(share(2048) == 1);
}

TEST_CASE("Experts in host memory are read there, at the bandwidth that is stated or assumed, and as threads draw it") {
  SpeedScene scene;
  put_experts_on_host(scene);
  const SpeedEstimate decode = scene.decode();
  CHECK(milliseconds_of(decode, "experts") == 0);
  CHECK(milliseconds_of(decode, "host experts") == Approx(kUsedExperts / 10e9 * 1e3));
  CHECK(milliseconds_of(decode, "host layers") == Approx(1e-3));
  CHECK_FALSE(decode.measured);
  CHECK(decode.basis.find("host memory at an assumed 10 GB/s") != std::string::npos);
  SpeedTarget stated = scene.target();
  stated.host.bandwidth = gb_per_second(20);
  const SpeedEstimate faster = estimate_decode(scene.workload(), stated);
  CHECK(milliseconds_of(faster, "host experts") == Approx(kUsedExperts / 20e9 * 1e3));
  CHECK(faster.basis.find("host memory at the stated 20 GB/s") != std::string::npos);
  stated.host.threads = 3;
  CHECK(milliseconds_of(estimate_decode(scene.workload(), stated), "host experts") ==
        Approx(kUsedExperts / 12e9 * 1e3));
}

TEST_CASE("The host of a unified machine is its own CPU") {
  SpeedScene scene;
  put_experts_on_host(scene);
  scene.device.device_class = DeviceClass::kUnified;
  CHECK(milliseconds_of(scene.decode(), "host experts") == Approx(2 * kUsedExperts / 50e9 * 1e3));
}

TEST_CASE("Layers in host memory leave the GPU with the rest") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  add_attention_layer(scene.model);
  const double all = bytes_of_a_token(scene.workload().device);
  scene.request.gpu_layers = 2;
  const Workload work = scene.workload();
  CHECK(bytes_of_a_token(work.host) + bytes_of_a_token(work.device) == Approx(all));
  CHECK(work.host.layers == 1);
  scene.request.gpu_layers = 0;
  CHECK(bytes_of_a_token(scene.workload().device) == 0);
}

TEST_CASE("A cache in host memory is copied for each pass to the GPU, whose attention reads it") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.request.depth = Tokens(1000);
  const double here = milliseconds_of(scene.decode(), "attention");
  scene.request.offload_kqv = false;
  CHECK(milliseconds_of(scene.decode(), "copying caches") == Approx(1024.0 * 256 * 2 / 5e9 * 1e3));
  CHECK(milliseconds_of(scene.decode(), "attention") == Approx(here));
  CHECK(milliseconds_of(scene.decode(), "host attention") == 0);
  CHECK(milliseconds_of(scene.prefill(), "copying caches") > 0);
}

TEST_CASE("Without flash attention the CPU attends over a cache in host memory, with two threads' reading") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.request.depth = Tokens(1000);
  scene.request.offload_kqv = false;
  scene.request.flash_attention = FlashAttention::kOff;
  const double reading = 1024.0 * 256 * 2 / 8e9 * 1e3, handover = 0.57e-3;
  CHECK(milliseconds_of(scene.decode(), "host attention") == Approx(reading + handover));
  CHECK(milliseconds_of(scene.decode(), "copying caches") == 0);
  CHECK(milliseconds_of(scene.prefill(), "host attention") > 0);
}

TEST_CASE("Weights come to a card over PCIe, within a unified machine through its memory") {
  SpeedScene scene;
  put_experts_on_host(scene);
  CHECK(milliseconds_of(scene.prefill(), "copying host weights") == Approx(kAllExperts / 5e9 * 1e3));
  scene.device.device_class = DeviceClass::kUnified;
  CHECK(milliseconds_of(scene.prefill(), "copying host weights") == Approx(kAllExperts / 100e9 * 1e3));
}

TEST_CASE("From 32 tokens on host weights are copied to the GPU, where that is allowed") {
  SpeedScene scene;
  put_experts_on_host(scene);
  scene.request.prompt = 32;
  const double touched = kAllExperts * speed::choose_experts(8, 2, 32, 1e9, 0).touched;
  CHECK(milliseconds_of(scene.prefill(), "copying host weights") == Approx(touched / 5e9 * 1e3));
  scene.request.prompt = 31;
  CHECK(milliseconds_of(scene.prefill(), "copying host weights") == 0);
  CHECK(milliseconds_of(scene.prefill(), "host experts") > 0);
  scene.request.prompt = 512;
  scene.request.op_offload = false;
  CHECK(milliseconds_of(scene.prefill(), "copying host weights") == 0);
}

TEST_CASE("Larger micro-batches copy host weights less often") {
  SpeedScene scene;
  put_experts_on_host(scene);
  scene.request.prompt = 2048;
  const double often = milliseconds_of(scene.prefill(), "copying host weights");
  scene.request.ubatch = 2048;
  CHECK(milliseconds_of(scene.prefill(), "copying host weights") == Approx(often / 4));
}

}  // namespace lfmfit
