#include "system/nvml.hpp"

#include "catch.hpp"
#include "support/machine.hpp"
#include "system/visible_gpus.hpp"

namespace {

using Catch::Matchers::Contains;
using namespace lfmfit;
using namespace lfmfit::literals;
using test::StubDriver;

NvmlAnswer answer_of(const char* scene) {
  const StubDriver driver(scene);
  return ask_nvml(StubDriver::path());
}

std::string only_problem(const NvmlAnswer& answer) {
  REQUIRE(answer.problems.size() == 1);
  return answer.problems.front();
}

TEST_CASE("without NVIDIA's library there is nothing to tell") {
  const NvmlAnswer answer = ask_nvml("/nonexistent/libnvidia-ml.so");
  CHECK_FALSE(answer.is_loaded);
  CHECK(answer.gpus.empty());
  CHECK(answer.problems.empty());
}

TEST_CASE("a driver that cannot be asked says why and what helps") {
  CHECK_THAT(only_problem(answer_of("not-loaded")), Contains("not loaded") && Contains("nvidia-smi"));
  CHECK_THAT(only_problem(answer_of("permission")), Contains("no permission") && Contains("/dev/nvidia0"));
  CHECK_THAT(only_problem(answer_of("mismatch")), Contains("restart"));
  CHECK_THAT(only_problem(answer_of("broken")), Contains("Unknown Error"));
  CHECK_THAT(only_problem(answer_of("denied")), Contains("GPU 0") && Contains("/dev/nvidia0"));
}

TEST_CASE("a library that is too old, and a driver that is, are told apart") {
  const NvmlAnswer library = ask_nvml(StubDriver::path_of_old());
  CHECK(library.is_loaded);
  CHECK_THAT(only_problem(library), Contains("too old") && Contains("525"));
  const NvmlAnswer driver = answer_of("driver-470");
  CHECK_THAT(only_problem(driver), Contains("470.256.02 is too old") && Contains("525"));
  REQUIRE(driver.gpus.size() == 1);
  CHECK(driver.gpus[0].found.total == 24268_MiB);
  CHECK_FALSE(driver.gpus[0].found.reserved);
}

TEST_CASE("a driver without GPUs has none") {
  const NvmlAnswer answer = answer_of("none");
  CHECK(answer.is_loaded);
  CHECK(answer.gpus.empty());
  CHECK(answer.problems.empty());
}

TEST_CASE("a GPU is told with its memory, what the driver keeps, and who holds the rest") {
  const NvmlAnswer answer = answer_of("one");
  REQUIRE(answer.gpus.size() == 1);
  const FoundGpu& gpu = answer.gpus[0].found;
  CHECK(gpu.name == "NVIDIA GeForce RTX 4090");
  CHECK(gpu.driver == "550.54.14");
  CHECK(gpu.compute_capability == "8.9");
  CHECK(gpu.pci_id == "10de:2684");
  CHECK(gpu.address == "0000:01:00.0");
  CHECK(gpu.total == 24564_MiB);
  CHECK(gpu.reserved == 450_MiB);
  CHECK(gpu.available == 23114_MiB);
  REQUIRE(gpu.holders.size() == 2);
  CHECK(gpu.holders[0].pid == 4712);
  CHECK(gpu.holders[0].bytes == 800_MiB);
}

TEST_CASE("eight GPUs are eight, and one that does not answer costs none of the others") {
  CHECK(answer_of("eight").gpus.size() == 8);
  const NvmlAnswer silent = answer_of("silent");
  CHECK(silent.gpus.size() == 1);
  CHECK_THAT(only_problem(silent), Contains("GPU 1 does not answer (GPU is lost)"));
}

TEST_CASE("a GPU that is cut into slices is told as its slices") {
  const NvmlAnswer answer = answer_of("mig");
  REQUIRE(answer.gpus.size() == 2);
  const FoundGpu& slice = answer.gpus[1].found;
  CHECK(slice.is_slice);
  CHECK(slice.name == "NVIDIA H100 80GB HBM3 MIG 1g.10gb");
  CHECK(slice.whole == 81559_MiB);
  CHECK(slice.total == 9984_MiB);
  CHECK(slice.holders.empty());
  CHECK(answer.gpus[1].uuid == "MIG-1102");
  CHECK_THAT(only_problem(answer_of("mig-empty")), Contains("nvidia-smi mig"));
}

TEST_CASE("a library that answers nonsense neither crashes nor takes memory without bound") {
  const NvmlAnswer answer = answer_of("hostile");
  REQUIRE(answer.gpus.size() <= 256);
  for (const NvmlAnswer::Gpu& gpu : answer.gpus) {
    CHECK(gpu.found.name.size() < 128);
    CHECK(gpu.found.total <= 1'048'576_GiB);
    CHECK(gpu.found.holders.size() <= 1024);
  }
}

TEST_CASE("CUDA_VISIBLE_DEVICES hides GPUs by number and by identifier, and says so") {
  const NvmlAnswer all = answer_of("eight");
  CHECK(visible_gpus(all, "0,1,2,3,4,5,6,7").problems.empty());
  const NvmlAnswer two = visible_gpus(all, "3, GPU-1001");
  REQUIRE(two.gpus.size() == 2);
  CHECK(two.gpus[0].index == 3);
  CHECK(two.gpus[1].index == 0);
  CHECK_THAT(only_problem(two), Contains("hides 6 of 8 GPUs"));
  CHECK(visible_gpus(all, "").gpus.empty());
  CHECK(visible_gpus(all, "-1").gpus.empty());
  CHECK(visible_gpus(all, "1,nonsense,2").gpus.size() == 1);
  CHECK_THAT(only_problem(visible_gpus(answer_of("two"), "1")), Contains("CUDA_DEVICE_ORDER"));
}

}  // namespace
