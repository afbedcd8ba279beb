#include "lfmfit/speed.hpp"

#include "catch.hpp"
#include "core/speed/laws.hpp"
#include "lfmfit/error.hpp"
#include "support/speed_scene.hpp"

namespace lfmfit {

using namespace speed;

using test::add_attention_layer;
using test::add_expert_layer;
using test::milliseconds_of;
using test::SpeedScene;

namespace {

/// Weights of one layer of attention and plain feed-forward: q, k, v, output, gate, up, down, two norms.
constexpr double kLayerBytes = 1000 * (256 + 128 + 128 + 256) + 3 * 1000 * 2000 + 2 * 1000;
constexpr double kOutputBytes = 1000 * 1000 + 1000;
/// What a token takes into and out of the matrices of attention, and of a feed-forward part of 2,000.
constexpr double kAttentionNumbers = 4 * 1000 + 256 + 128 + 128 + 256;
constexpr double kLayerNumbers = kAttentionNumbers + 3 * (1000 + 2000);

ErrorKind kind_of_error(const SpeedScene& scene) {
  try {
    scene.decode();
  } catch (const Error& error) {
    return error.kind();
  }
  FAIL("no error");
  return ErrorKind::kBadFile;
}

}  // namespace

TEST_CASE("the time of a token is the sum of its ledger") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.request.depth = Tokens(1000);
  const SpeedEstimate decode = scene.decode();
  CHECK(milliseconds_of(decode, "weights") == Approx(2 * (kLayerBytes + kOutputBytes) / 100e9 * 1e3));
  CHECK(milliseconds_of(decode, "launches") == Approx(10e-3));
  CHECK(milliseconds_of(decode, "KV cache") == Approx(2 * 1000.0 * 256 * 2 / 100e9 * 1e3));
  double sum = 0;
  for (const TimeTerm& term : decode.terms) sum += term.value.value();
  CHECK(decode.time.value() == Approx(sum));
  CHECK(decode.value.value() == Approx(1 / sum));
}

TEST_CASE("an embedding that is only looked up is not read, a tied one is the output layer") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  const double own_output = scene.workload().device.dense_bytes;
  scene.model.tied_embeddings = true;
  CHECK(own_output == Approx(kLayerBytes + kOutputBytes));
  CHECK(scene.workload().device.dense_bytes == Approx(own_output));
}

TEST_CASE("tensors of layers behind the last block are not read") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  std::vector<Tensor> tensors = scene.stored();
  tensors.push_back({"attn_q.weight", 1, {1000, 1000, 1, 1}, &scene.bytes});
  const Workload work =
      count_work(scene.model, tensors, scene.request, {&scene.halves, &scene.halves}, false, scene.constants);
  CHECK(work.device.dense_bytes == Approx(kLayerBytes + kOutputBytes));
}

TEST_CASE("a token reads the experts it uses and no others") {
  SpeedScene scene;
  add_expert_layer(scene.model, 8, 2);
  CHECK(milliseconds_of(scene.decode(), "experts") == Approx(2 * 2 * 3 * 1000.0 * 500 / 100e9 * 1e3));
}

TEST_CASE("a sliding layer reads no more of its cache than its window") {
  SpeedScene scene;
  add_attention_layer(scene.model, 128);
  scene.request.depth = Tokens(128);
  const double at_window = milliseconds_of(scene.decode(), "KV cache");
  scene.request.depth = Tokens(100000);
  CHECK(at_window > 0);
  CHECK(milliseconds_of(scene.decode(), "KV cache") == Approx(at_window));
}

TEST_CASE("a cache in a smaller type is read faster") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.request.depth = Tokens(1000);
  const Workload half =
      count_work(scene.model, scene.stored(), scene.request, {&scene.bytes, &scene.bytes}, false, scene.constants);
  CHECK(milliseconds_of(estimate_decode(half, scene.target()), "KV cache") ==
        Approx(milliseconds_of(scene.decode(), "KV cache") / 2));
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
  CHECK(milliseconds_of(scene.decode(), "KV cache") == Approx(2 * 1000.0 * (512 + 64) * 2 / 100e9 * 1e3));
}

TEST_CASE("no band reaches above the time of reading at peak bandwidth") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.constants.decode.rows[0].coefficients = {1, 1, 0, 1, 0};
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
  const SpeedEstimate unknown = scene.decode();
  CHECK_FALSE(unknown.measured);
  CHECK(unknown.basis == "unmeasured device; nearest: Fast on any device: 7 measurements");
  CHECK(unknown.low.value() == Approx(unknown.value.value() * 0.7));
  CHECK(unknown.high.value() == Approx(unknown.value.value() * 1.3));
}

TEST_CASE("a kind of layer without measurements is unmeasured, too") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.constants.launches[static_cast<std::size_t>(LaunchPart::kAttention)].rows = 0;
  CHECK_FALSE(scene.decode().measured);
  CHECK(scene.decode().basis.find("a kind of layer in this model is unmeasured") != std::string::npos);
}

TEST_CASE("a power-limited device says so") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.device.power_limited = true;
  CHECK(scene.decode().basis.find("power limit") != std::string::npos);
}

TEST_CASE("requests together share the weights but not the caches") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.request.depth = Tokens(1000);
  const SpeedEstimate one = scene.decode();
  const SpeedEstimate four = estimate_decode(scene.workload(), scene.target(), 4);
  CHECK(milliseconds_of(four, "weights") == Approx(milliseconds_of(one, "weights")));
  CHECK(milliseconds_of(four, "KV cache") == Approx(4 * milliseconds_of(one, "KV cache")));
  CHECK(four.value > one.value);
  CHECK(four.value < one.value * 4);
  CHECK_FALSE(four.measured);
}

TEST_CASE("experts in host memory are read at the bandwidth of the host") {
  SpeedScene scene;
  add_expert_layer(scene.model, 8, 2);
  scene.request.cpu_moe = true;
  const SpeedEstimate decode = scene.decode();
  CHECK(milliseconds_of(decode, "experts") == 0);
  CHECK(milliseconds_of(decode, "host experts") == Approx(2 * 2 * 3 * 1000.0 * 500 / 10e9 * 1e3));
  CHECK(milliseconds_of(decode, "crossings to the host") == Approx(2e-3));
  CHECK_FALSE(decode.measured);
  CHECK(decode.basis.find("host memory at an assumed 10 GB/s") != std::string::npos);
}

TEST_CASE("layers in host memory leave the GPU with the rest") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  add_attention_layer(scene.model);
  scene.request.gpu_layers = 2;
  const Workload work = scene.workload();
  CHECK(work.host.dense_bytes == Approx(kLayerBytes));
  CHECK(work.device.dense_bytes == Approx(kLayerBytes + kOutputBytes));
  CHECK(work.crossings == 1);
  scene.request.gpu_layers = 0;
  CHECK(scene.workload().device.dense_bytes == 0);
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

TEST_CASE("prefill counts operations, and the output layer once for a prompt") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.request.ubatch = 100;
  const SpeedEstimate prefill = scene.prefill();
  CHECK(milliseconds_of(prefill, "dense layers") == Approx(2 * (kLayerBytes + 1000) * 100 / 1e12 * 1e3));
  const double activations = 100 * 10 * kLayerNumbers;
  CHECK(milliseconds_of(prefill, "memory traffic") ==
        Approx(2 * (kLayerBytes + kOutputBytes + activations) / 100e9 * 1e3));
  CHECK(milliseconds_of(prefill, "attention") == Approx(2 * 4 * 128.0 * (100.0 * 100 / 2) / 1e12 * 1e3));
  CHECK(prefill.value.value() == Approx(100 / prefill.time.value()));
}

TEST_CASE("a prompt touches nearly all experts, a token few") {
  SpeedScene scene;
  add_expert_layer(scene.model, 8, 2);
  const double all = 8 * 3 * 1000.0 * 500;
  scene.request.ubatch = 512;
  const double dense = scene.workload().device.dense_bytes;
  const double activations = 512 * 10 * (kAttentionNumbers + (1000 + 8) + 2 * 3 * (1000 + 500));
  CHECK(milliseconds_of(scene.prefill(), "memory traffic") == Approx(2 * (dense + all + activations) / 100e9 * 1e3));
}

TEST_CASE("the last tile of each expert is half empty, in each micro-batch") {
  SpeedScene scene;
  add_expert_layer(scene.model, 8, 2);
  const double each = 3 * 1000.0 * 500;
  const Workload work = scene.workload();
  CHECK(expert_products(work.device, 512) == Approx(each * (512 * 2 + 8 * 16)));
  CHECK(expert_products(work.device, 1) == Approx(each * (2 + 2 * 16)));
  CHECK(milliseconds_of(scene.prefill(), "experts") == Approx(2 * expert_products(work.device, 512) / 1e12 * 1e3));
  CHECK(sum_over_batches(1300, 512, [](std::int64_t batch) { return static_cast<double>(batch); }) == 1300);
  CHECK(sum_over_batches(1300, 512, [](std::int64_t) { return 1.0; }) == 3);
}

TEST_CASE("prompts copy host weights to the GPU unless they are short") {
  SpeedScene scene;
  add_expert_layer(scene.model, 8, 2);
  scene.request.cpu_moe = true;
  const double bytes = 8 * 3 * 1000.0 * 500;
  CHECK(milliseconds_of(scene.prefill(), "copying host weights") == Approx(bytes / 5e9 * 1e3));
  scene.request.ubatch = 31;
  CHECK(milliseconds_of(scene.prefill(), "copying host weights") == 0);
  CHECK(milliseconds_of(scene.prefill(), "host layers") > 0);
}

TEST_CASE("the first token comes after the whole prompt and one step of decode") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  const Workload work = scene.workload();
  const Seconds one = time_to_first_token(work, scene.target(), Tokens(512));
  scene.request.depth = Tokens(512);
  CHECK(one.value() == Approx(estimate_prefill(work, scene.target()).time.value() + scene.decode().time.value()));
  CHECK(time_to_first_token(work, scene.target(), Tokens(513)) > one);
  CHECK_THROWS_AS(time_to_first_token(work, scene.target(), Tokens(0)), Error);
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
  const double known = milliseconds_of(scene.prefill(), "dense layers");
  scene.device.fp32 = ComputeRate(0);
  CHECK(milliseconds_of(scene.prefill(), "dense layers") == Approx(known));
}

TEST_CASE("a cache in host memory is read there, though all layers run on the GPU") {
  SpeedScene scene;
  add_attention_layer(scene.model);
  scene.request.depth = Tokens(1000);
  scene.request.offload_kqv = false;
  CHECK(milliseconds_of(scene.decode(), "KV cache") == 0);
  CHECK(milliseconds_of(scene.decode(), "host KV cache") == Approx(2 * 1000.0 * 256 * 2 / 10e9 * 1e3));
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
  CHECK(decode.value == scene.decode().value);
}

}  // namespace lfmfit
