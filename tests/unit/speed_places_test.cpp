#include <cmath>

#include "catch.hpp"
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

TEST_CASE("The host of a card reads at an assumed bandwidth, that of a unified machine at the machine's own") {
  SpeedScene scene;
  put_experts_on_host(scene);
  CHECK(milliseconds_of(scene.decode(), "host experts") == Approx(2 * kUsedExperts / 10e9 * 1e3));
  scene.device.device_class = DeviceClass::kUnified;
  CHECK(milliseconds_of(scene.decode(), "host experts") == Approx(2 * kUsedExperts / 100e9 * 1e3));
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
  scene.request.ubatch = 32;
  const double touched = kAllExperts * (1 - std::pow(0.75, 32));  // each token leaves out six of eight
  CHECK(milliseconds_of(scene.prefill(), "copying host weights") == Approx(touched / 5e9 * 1e3));
  scene.request.ubatch = 31;
  CHECK(milliseconds_of(scene.prefill(), "copying host weights") == 0);
  scene.request.ubatch = 512;
  scene.request.op_offload = false;
  CHECK(milliseconds_of(scene.prefill(), "copying host weights") == 0);
}

}  // namespace lfmfit
