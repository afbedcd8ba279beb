#include "lfmfit/speed.hpp"

#include <cmath>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/speed_scene.hpp"

namespace lfmfit {

using test::add_attention_layer;
using test::add_expert_layer;
using test::milliseconds_of;
using test::SpeedScene;

namespace {

/// Matrices of one layer of attention and plain feed-forward: q, k, v, output, gate, up, down.
constexpr double kLayerBytes = 1000 * (256 + 128 + 128 + 256) + 3 * 1000 * 2000;
constexpr double kOutputBytes = 1000 * 1000;

ErrorKind kind_of_error(const SpeedScene& scene) {
  try {
    scene.decode();
  } catch (const Error& error) {
    return error.kind();
  }
  FAIL("no error");
  return ErrorKind::kBadFile;
}

double sum_of_terms(const SpeedEstimate& estimate) {
  double sum = 0;
  for (const TimeTerm& term : estimate.terms) sum += term.value.value();
  return sum;
}

}  // namespace

TEST_CASE("the time of a token is the sum of its ledger") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.request.depth = Tokens(1000);
  const SpeedEstimate decode = scene.decode();
  CHECK(milliseconds_of(decode, "weights") == Approx(2 * kLayerBytes / 100e9 * 1e3));
  CHECK(milliseconds_of(decode, "output layer") == Approx(2 * kOutputBytes / 100e9 * 1e3));
  CHECK(milliseconds_of(decode, "launches") == Approx(10e-3));
  CHECK(milliseconds_of(decode, "attention") == Approx(2 * 1024.0 * 256 * 2 / 100e9 * 1e3));  // cells are padded
  CHECK(decode.time.value() == Approx(sum_of_terms(decode)));
  CHECK(decode.value.value() == Approx(1 / sum_of_terms(decode)));
}

TEST_CASE("an embedding that is only looked up is not read, a tied one is the output layer") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  CHECK(bytes_of_a_token(scene.workload().device) == Approx(kLayerBytes + kOutputBytes));
  scene.model.tied_embeddings = true;
  CHECK(bytes_of_a_token(scene.workload().device) == Approx(kLayerBytes + kOutputBytes));
}

TEST_CASE("tensors of layers behind the last block are not read") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  std::vector<Tensor> tensors = scene.stored();
  tensors.push_back({"attn_q.weight", 1, {1000, 1000, 1, 1}, &scene.bytes});
  const Workload work =
      count_work(scene.model, tensors, scene.request, {&scene.halves, &scene.halves}, false, scene.constants);
  CHECK(bytes_of_a_token(work.device) == Approx(kLayerBytes + kOutputBytes));
}

TEST_CASE("a token reads the experts it uses and no others") {
  SpeedScene scene;
  add_expert_layer(scene.model, 8, 2);
  CHECK(milliseconds_of(scene.decode(), "experts") == Approx(2 * 2 * 3 * 1000.0 * 500 / 100e9 * 1e3));
}

TEST_CASE("a sliding layer reads no more of its cache than its window") {
  SpeedScene scene;
  add_attention_layer(scene.model, 256);
  scene.request.depth = Tokens(511);
  const double at_window = milliseconds_of(scene.decode(), "attention");
  scene.request.depth = Tokens(100000);
  CHECK(at_window > 0);
  CHECK(milliseconds_of(scene.decode(), "attention") == Approx(at_window));
}

TEST_CASE("a cache in a smaller type is read faster") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.request.depth = Tokens(1000);
  const Workload half =
      count_work(scene.model, scene.stored(), scene.request, {&scene.bytes, &scene.bytes}, false, scene.constants);
  CHECK(milliseconds_of(estimate_decode(half, scene.target()), "attention") ==
        Approx(milliseconds_of(scene.decode(), "attention") / 2));
}

TEST_CASE("latent attention reads one compressed row for each position") {
  SpeedScene scene;
  Block block;
  LatentAttention mixer;
  mixer.n_head = 16;
  mixer.kv_lora_rank = 512;
  mixer.head_dim_nope = 128;
  mixer.head_dim_rope = 64;
  mixer.head_dim_v = 128;
  block.mixer = mixer;
  scene.model.blocks.push_back(block);
  scene.request.depth = Tokens(1000);
  CHECK(milliseconds_of(scene.decode(), "attention") == Approx(2 * 1024.0 * (512 + 64) * 2 / 100e9 * 1e3));
}

TEST_CASE("reading and computing are joined by squares") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  const double reading = 2 * kLayerBytes / 100e9;
  scene.constant(Coefficient::kVectorStart) = 2 * 1e12 / 100e9;  // a weight takes as long as its byte
  CHECK(milliseconds_of(scene.decode(), "weights") == Approx(std::sqrt(2.0) * reading * 1e3));
}

TEST_CASE("no band reaches above the time of reading at peak bandwidth") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.constant(Coefficient::kDenseRead) = 1;
  scene.constant(Coefficient::kCacheRead) = 0;
  scene.constant(Coefficient::kLaunchUs) = 0;
  const SpeedEstimate decode = scene.decode();
  const double roofline = 100e9 / (kLayerBytes + kOutputBytes);
  CHECK(decode.value.value() == Approx(roofline));
  CHECK(decode.high.value() == Approx(roofline));
}

TEST_CASE("a device without measurements gets a wider band and the word unmeasured") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  const SpeedEstimate known = scene.decode();
  CHECK(known.measured);
  CHECK(known.basis == "Fast on any device: 7 measurements, 3 on this device");
  CHECK(known.low.value() == Approx(known.value.value() * 0.9));
  scene.device.id = "other box";
  scene.constants.measured_devices[0].chip = "another";
  const SpeedEstimate unknown = scene.decode();
  CHECK_FALSE(unknown.measured);
  CHECK(unknown.basis == "unmeasured device; nearest: Fast on any device: 7 measurements");
  CHECK(unknown.low.value() == Approx(unknown.value.value() * 0.7));
  CHECK(unknown.high.value() == Approx(unknown.value.value() * 1.3));
}

TEST_CASE("each question has a band and measurements of its own") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.constants.rows[0].bands[static_cast<std::size_t>(SpeedQuestion::kPrefill)].low = 0.8;
  scene.constants.measured_devices[0].rows = {3, 0, 5};
  CHECK(scene.decode().measured);
  CHECK_FALSE(scene.prefill().measured);
  CHECK(estimate_decode(scene.workload(), scene.target(), 4).basis.find("5 on this device") != std::string::npos);
  scene.constants.measured_devices[0].rows = {3, 1, 5};
  CHECK(scene.prefill().low.value() == Approx(scene.prefill().value.value() * 0.8));
}

TEST_CASE("what a device's kind leaves of its measured times counts for it and its chip alone") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  const TokenRate decode = scene.decode().value, prefill = scene.prefill().value;
  scene.constants.measured_devices[0].chip = speed_chip(scene.device);
  scene.constants.measured_devices[0].decode = 1.25;
  CHECK(scene.decode().value.value() == Approx(decode.value() / 1.25));
  CHECK(scene.prefill().value == prefill);
  scene.device.id = "the same chip";
  CHECK(scene.decode().value.value() == Approx(decode.value() / 1.25));
  scene.device.chip = "another";
  CHECK(scene.decode().value == decode);
}

TEST_CASE("a device that is faster than its kind reads no faster than its memory") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  const SpeedEstimate usual = scene.decode();
  scene.constants.measured_devices[0].decode = 1e-3;
  const SpeedEstimate fast = scene.decode();
  CHECK(fast.value > usual.value);
  const double bytes = bytes_of_a_token(scene.workload().device);
  CHECK(fast.time.value() == Approx(bytes / 0.97 / scene.device.bandwidth.value()));
  scene.constants.measured_devices[0].decode = 0.9;
  for (Coefficient read : {Coefficient::kDenseRead, Coefficient::kFloatRead}) scene.constant(read) = 10;
  const double slow = scene.decode().time.value();
  scene.constants.measured_devices[0].decode = 1;
  CHECK(slow == Approx(0.9 * scene.decode().time.value()));
}

TEST_CASE("a kind of layer without measurements is unmeasured, too") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.constants.launches[0].costs[static_cast<std::size_t>(LaunchPart::kAttention)].rows = 0;
  CHECK_FALSE(scene.decode().measured);
  CHECK(scene.decode().basis.find("a kind of layer in this model is unmeasured") != std::string::npos);
}

TEST_CASE("what an answer should know of a kind of hardware, it says") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.constants.rows[0].note = "an old driver is slower";
  scene.device.power_limited = true;
  CHECK(scene.decode().basis.find("an old driver is slower") != std::string::npos);
  CHECK(scene.decode().basis.find("power limit") != std::string::npos);
}

TEST_CASE("requests together share the weights but not the caches") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.request.depth = Tokens(1000);
  const SpeedEstimate one = scene.decode();
  const SpeedEstimate four = estimate_decode(scene.workload(), scene.target(), 4);
  CHECK(milliseconds_of(four, "weights") == Approx(milliseconds_of(one, "weights")));
  CHECK(milliseconds_of(four, "attention") == Approx(4 * milliseconds_of(one, "attention")));
  CHECK(four.value > one.value);
  CHECK(four.value < one.value * 4);
}

TEST_CASE("short convolutions are multiplied request by request") {
  SpeedScene scene;
  Block block;
  block.mixer = ShortConvolution{};
  block.feed_forward = DenseFeedForward{};
  scene.model.blocks.push_back(block);
  const double one = milliseconds_of(scene.decode(), "weights");
  const SpeedEstimate four = estimate_decode(scene.workload(), scene.target(), 4);
  CHECK(milliseconds_of(four, "matrices of each request") == Approx(4 * one));
}

TEST_CASE("requests together are slower than one where kernels change, but never in all") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.constant(Coefficient::kTileStart) = 5e5;  // tiles that hardly pay
  double last = 0;
  for (const int requests : {1, 2, 8, 9, 16, 64, 129}) {
    const double rate = decode_rate(scene.workload(), scene.target(), requests).value();
    CHECK(rate >= last);
    last = rate;
  }
}

TEST_CASE("layers split over GPUs run one after the other, tensors side by side") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  const TokenRate one = scene.decode().value;
  scene.request.gpu_count = 2;
  CHECK(scene.decode().value < one);
  scene.request.split_mode = SplitMode::kTensor;
  CHECK(scene.decode().value > one);
  CHECK(scene.decode().value < one * 2);
}

TEST_CASE("a prompt counts operations, and the output layer once") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.constant(Coefficient::kDenseRead) = 0;
  scene.request.prompt = 128;
  const SpeedEstimate prefill = scene.prefill();
  CHECK(milliseconds_of(prefill, "weights") == Approx(2 * kLayerBytes * 128 / 1e12 * 1e3));
  CHECK(milliseconds_of(prefill, "output layer") == 0);  // one column, whose work is free here
  CHECK(prefill.value.value() == Approx(128 / prefill.time.value()));
  CHECK(prefill.time.value() == Approx(sum_of_terms(prefill)));
}

TEST_CASE("a prompt is computed in micro-batches, the last of which may be short") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.constant(Coefficient::kTileColumn) = 0;
  const auto launches = [&](std::int64_t prompt, std::int64_t ubatch) {
    scene.request.prompt = prompt;
    scene.request.ubatch = ubatch;
    return milliseconds_of(scene.prefill(), "launches");
  };
  CHECK(launches(1300, 512) == Approx(3 * 10e-3));
  CHECK(launches(1024, 512) == Approx(2 * 10e-3));
  CHECK(launches(100, 512) == Approx(10e-3));
  CHECK(launches(512, 1) == Approx(512 * 10e-3));
}

TEST_CASE("where nobody says how long, a prompt fills a micro-batch and has 512 tokens at least") {
  Request request;
  CHECK(prompt_of(request) == Tokens(512));
  request.ubatch = 64;
  CHECK(prompt_of(request) == Tokens(512));
  request.ubatch = 2048;
  CHECK(prompt_of(request) == Tokens(2048));
  request.prompt = 7;
  CHECK(prompt_of(request) == Tokens(7));
}

TEST_CASE("the first token comes after the whole prompt and one step of decode behind it") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.request.prompt = 700;
  const Workload work = scene.workload();
  const Seconds first = time_to_first_token(work, scene.target());
  scene.request.depth = Tokens(700);
  CHECK(first.value() == Approx(estimate_prefill(work, scene.target()).time.value() + scene.decode().time.value()));
}

TEST_CASE("what has no true speed is refused") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  SECTION("an encoder") { scene.model.has_output = false; }
  SECTION("a device of unknown bandwidth") { scene.device.bandwidth = Bandwidth(0); }
  SECTION("the CPU backend on a card") {
    scene.backend.name = "cpu";
    scene.backend.is_cpu = true;
  }
  SECTION("a backend without constants") { scene.backend.name = "slow"; }
  CHECK(kind_of_error(scene) == ErrorKind::kUnsupported);
}

TEST_CASE("a GPU of unknown FP32 rate is taken to have one that fits its bandwidth") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  const double known = milliseconds_of(scene.prefill(), "weights");
  scene.device.fp32 = ComputeRate(0);
  CHECK(milliseconds_of(scene.prefill(), "weights") == Approx(known));
}

TEST_CASE("the rate alone is the value of the estimate") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  CHECK(decode_rate(scene.workload(), scene.target(), 3) == estimate_decode(scene.workload(), scene.target(), 3).value);
}

TEST_CASE("terms are written down only when asked for") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  SpeedTarget target = scene.target();
  target.explain = false;
  const SpeedEstimate decode = estimate_decode(scene.workload(), target);
  CHECK(decode.terms.empty());
  CHECK(decode.value.value() == Approx(scene.decode().value.value()));
}

}  // namespace lfmfit
