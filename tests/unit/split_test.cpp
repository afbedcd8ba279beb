#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/release.hpp"
#include "support/scene.hpp"
#include "support/speed_scene.hpp"

// Several GPUs: what each needs, and how fast they are together, by the way they share a model.
namespace lfmfit {

using ::test::question_about, ::test::shipped;

namespace {

constexpr double kMiB = 1048576;

Device machine_of(const std::vector<std::string>& gpus) {
  Device machine = shipped().device(gpus.front());
  machine.gpus = static_cast<int>(gpus.size());
  for (const std::string& id : gpus) machine.parts.push_back(shipped().device(id));
  return machine;
}

/// Llama-3.1-8B on `gpus` cards with CUDA.
Question llama_on(int gpus, SplitMode mode = SplitMode::kLayer) {
  Question question = question_about("meta-llama/Llama-3.1-8B-Instruct");
  question.request.gpu_count = gpus;
  question.request.split_mode = mode;
  return question;
}

double mib(const MemoryLedger& memory, MemoryUse use, int place) {
  return static_cast<double>(memory.sum(use, place).count()) / kMiB;
}

}  // namespace

TEST_CASE("The GPU of a machine is one of its parts, or the machine's own row") {
  const Device machine = machine_of({"rtx-3090", "rtx-3060"});
  CHECK(gpu_of(machine, 1).id == "rtx-3060-12gb");
  CHECK(gpu_of(machine, 7).id == "rtx-3060-12gb");
  const Device card = shipped().device("rtx-3090");
  CHECK(&gpu_of(card, 1) == &card);
}

TEST_CASE("Cards that differ share layers by their memory, and each has the driver of its generation") {
  const Device machine = machine_of({"rtx-3090", "rtx-4060"});
  Question question = llama_on(2);
  question.device = &machine;
  const MemoryLedger memory = estimate(question).memory;
  // of 33 items, the last of them the output, the first card takes those up to its share of the usable memory: 0.76
  CHECK(mib(memory, MemoryUse::kKvCache, 0) == 26 * 16);
  CHECK(mib(memory, MemoryUse::kKvCache, 1) == 6 * 16);
  const Backend& cuda = shipped().backend("cuda");
  for (const int gpu : {0, 1}) {
    CHECK(memory.sum(MemoryUse::kDriver, gpu) ==
          driver_share(cuda, &gpu_of(machine, gpu), memory.demand_on(gpu)).value);
  }
}

TEST_CASE("Without a split the main GPU needs what one alone does, and the others nothing") {
  Question question = llama_on(3, SplitMode::kNone);
  question.request.main_gpu = 2;
  const MemoryLedger memory = estimate(question).memory, one = estimate(llama_on(1)).memory;
  CHECK(memory.gpu_count == 3);
  CHECK(memory.total(2) == one.total(0));
  CHECK(memory.total(0) == Bytes(0));
  CHECK(memory.total(kHost) == one.total(kHost));
  CHECK(memory.tightest_place() == 2);
}

TEST_CASE("GPUs that share tensors hold their proportion, within a band that reaches up to all of the compute buffer") {
  const MemoryLedger one = estimate(llama_on(1)).memory;
  Question question = llama_on(2, SplitMode::kTensor);
  const MemoryLedger even = estimate(question).memory;
  CHECK(even.sum(MemoryUse::kKvCache, 1) * 2 == one.sum(MemoryUse::kKvCache, 0));
  CHECK(even.sum(MemoryUse::kWeights, 0) * 2 >= one.sum(MemoryUse::kWeights, 0));
  CHECK(mib(even, MemoryUse::kWeights, 0) * 2 == Approx(mib(one, MemoryUse::kWeights, 0)).epsilon(0.001));
  for (const MemoryTerm& term : even.terms) {
    if (term.use == MemoryUse::kCompute && term.place == 0) CHECK(term.high == one.sum(MemoryUse::kCompute, 0));
  }
  question.request.tensor_split = {3, 1};
  const MemoryLedger uneven = estimate(question).memory;
  CHECK(uneven.sum(MemoryUse::kKvCache, 0) == 3 * uneven.sum(MemoryUse::kKvCache, 1));
}

TEST_CASE("A cache is shared by whole heads") {
  const auto most = [](int gpus, int gpu) {
    const Question question = llama_on(gpus, SplitMode::kTensor);
    const Estimate answer = estimate(question);
    for (const MemoryTerm& term : answer.memory.terms) {
      if (term.use == MemoryUse::kKvCache && term.place == gpu) return static_cast<double>(term.high.count()) / kMiB;
    }
    return 0.0;
  };
  const double all = most(1, 0);
  CHECK(most(2, 1) == Approx(all / 2));      // four of eight heads
  CHECK(most(3, 0) == Approx(all * 3 / 8));  // a third of eight is three heads at most
}

TEST_CASE("Tensors are not shared without flash attention, nor with a quantized cache") {
  Question question = llama_on(2, SplitMode::kTensor);
  question.request.flash_attention = FlashAttention::kOff;
  CHECK_THROWS_AS(estimate(question), Error);
  question.request.flash_attention = FlashAttention::kAuto;
  question.cache.k = &shipped().tensor_type("q8_0");
  CHECK_THROWS_AS(estimate(question), Error);
}

TEST_CASE("Rows of matrices are shared, caches and norms lie with the layers, and nothing is copied for a pipeline") {
  const MemoryLedger layers = estimate(llama_on(2)).memory, rows = estimate(llama_on(2, SplitMode::kRow)).memory;
  for (const int gpu : {0, 1}) CHECK(rows.sum(MemoryUse::kKvCache, gpu) == layers.sum(MemoryUse::kKvCache, gpu));
  const Bytes together = rows.sum(MemoryUse::kWeights, 0) + rows.sum(MemoryUse::kWeights, 1);
  CHECK(together == layers.sum(MemoryUse::kWeights, 0) + layers.sum(MemoryUse::kWeights, 1));
  // the output's 128,256 rows are shared too, which one of the two holds alone where layers are split
  CHECK(mib(rows, MemoryUse::kWeights, 0) == Approx(mib(rows, MemoryUse::kWeights, 1)).epsilon(0.01));
  CHECK(rows.sum(MemoryUse::kCompute, 0) < layers.sum(MemoryUse::kCompute, 0));
  CHECK_FALSE(estimate(llama_on(2, SplitMode::kRow)).speed);
}

TEST_CASE("Where more layers are asked for than there are, one tensor crosses to the next GPU, not two") {
  // a log of two Arc Pro B70: 712.08 MiB of compute on each, 528.09 MiB on the host
  Question question = question_about("Qwen/Qwen3-30B-A3B");
  question.backend = &shipped().backend("vulkan");
  question.request.context = Tokens(131072);
  question.request.parallel = 2;
  question.request.ubatch = 1024;
  question.request.gpu_count = 2;
  question.request.gpu_layers = 99;
  question.request.release = &release_called("llama.cpp v0.5.0");
  const MemoryLedger memory = estimate(question).memory;
  CHECK(mib(memory, MemoryUse::kCompute, 0) == Approx(712.08).margin(0.005));
  CHECK(mib(memory, MemoryUse::kCompute, 1) == Approx(712.08).margin(0.005));
  CHECK(mib(memory, MemoryUse::kCompute, kHost) == Approx(528.09).margin(0.005));
  question.request.gpu_layers = -1;
  CHECK(mib(estimate(question).memory, MemoryUse::kCompute, 1) == Approx(744.08).margin(0.005));
}

TEST_CASE("A GPU of its own speed takes its own time for the layers it holds") {
  test::SpeedScene scene;
  for (int layer = 0; layer < 3; ++layer) test::add_attention_layer(scene.model);
  scene.request.gpu_count = 2;
  const double alike = scene.decode().time.value();
  const Workload work = scene.workload();
  REQUIRE(work.gpus.size() == 2);
  const double second = bytes_of_a_token(work.gpus[1]);
  CHECK(bytes_of_a_token(work.gpus[0]) + second == Approx(bytes_of_a_token(work.device)));
  CHECK(work.gpus[0].launches[static_cast<std::size_t>(LaunchPart::kAttention)] == 2);
  Device slow = scene.device;
  slow.bandwidth = scene.device.bandwidth / 4;
  scene.device.parts = {scene.device, scene.device};
  CHECK(scene.decode().time.value() == Approx(alike));
  scene.device.parts[1] = slow;
  CHECK(scene.decode().time.value() == Approx(alike + 3 * 2 * second / 100e9));
}

TEST_CASE("GPUs that share tensors are as fast as the slowest with its share") {
  test::SpeedScene scene;
  for (int layer = 0; layer < 3; ++layer) test::add_attention_layer(scene.model);
  scene.request.gpu_count = 2;
  scene.request.split_mode = SplitMode::kTensor;
  Device slow = scene.device;
  slow.bandwidth = scene.device.bandwidth / 4;
  scene.device.parts = {scene.device, slow};
  const double all = bytes_of_a_token(scene.workload().device);
  const auto reading = [&] {
    const SpeedEstimate decode = scene.decode();
    return test::milliseconds_of(decode, "weights") + test::milliseconds_of(decode, "output layer");
  };
  CHECK(reading() == Approx(2 * all / 2 / 25e9 * 1e3));
  scene.request.tensor_split = {4, 1};
  CHECK(reading() == Approx(2 * all / 5 / 25e9 * 1e3));
}

TEST_CASE("A model that fits no GPU alone has a speed on several where each holds its part") {
  const Device machine = machine_of({"rtx-3090", "rtx-3090", "rtx-3060"});
  Question question = question_about("meta-llama/Llama-3.3-70B-Instruct", "rtx-3090");
  CHECK_FALSE(estimate(question).speed);
  question.device = &machine;
  question.request.gpu_count = 3;
  const Estimate answer = estimate(question);
  REQUIRE(answer.speed);
  CHECK(answer.memory.total(2) < Bytes(12000000000));
  question.request.tensor_split = {1, 1, 1};  // a third is too much for the small one
  CHECK_FALSE(estimate(question).speed);
}

}  // namespace lfmfit
