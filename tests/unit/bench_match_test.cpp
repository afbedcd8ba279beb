#include "cli/bench_match.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::cli {

namespace {

std::string backend_of(const std::string& printed, const Catalog& catalog) {
  BenchRun run;
  run.backends = printed;
  return match_backend(run, catalog).name;
}

}  // namespace

TEST_CASE("what llama-bench prints is a backend by its name or another one of its row") {
  const Catalog catalog;
  CHECK(backend_of("CUDA", catalog) == "cuda");
  CHECK(backend_of("ROCm", catalog) == "rocm");
  CHECK(backend_of("HIP", catalog) == "rocm");
  CHECK(backend_of("Vulkan", catalog) == "vulkan");
  CHECK(backend_of("MTL,BLAS", catalog) == "metal");
  CHECK(backend_of("Metal,BLAS", catalog) == "metal");
  CHECK(backend_of("BLAS", catalog) == "cpu");
  CHECK(backend_of("CPU", catalog) == "cpu");
  CHECK(backend_of("SYCL", catalog) == "sycl");
  CHECK_THROWS_WITH(backend_of("OpenCL,RPC", catalog), Catch::Matchers::Contains("OpenCL,RPC"));
}

TEST_CASE("the GPU that llama-bench prints is found as the driver calls it") {
  const Catalog catalog;
  const Backend& cuda = catalog.backend("cuda");
  BenchRun run;
  run.gpu_info = "NVIDIA GeForce RTX 3070, NVIDIA GeForce RTX 3070";
  CHECK(match_device(run, cuda, catalog).id == "rtx-3070");
  run.gpu_info = "AMD Radeon RX 7900 XTX (RADV NAVI31)";
  CHECK(match_device(run, cuda, catalog).id == "rx-7900-xtx");
  run.gpu_info = "NVIDIA GeForce RTX 4060 Ti";
  CHECK_THROWS_WITH(match_device(run, cuda, catalog), Catch::Matchers::Contains("rtx-4060-ti-16gb (16 GiB)"));
}

TEST_CASE("where two sizes bear a name, the one that this machine has ran the tests") {
  const Catalog catalog;
  const Backend& cuda = catalog.backend("cuda");
  BenchRun run;
  run.gpu_info = "NVIDIA GeForce RTX 4060 Ti";
  LocalMachine here;
  here.gpus.push_back({{}, {"rtx-4060-ti-16gb"}, true});
  CHECK(match_device(run, cuda, catalog, &here).id == "rtx-4060-ti-16gb");
  here.gpus.push_back({{}, {"rtx-4060-ti-8gb"}, true});
  CHECK_THROWS(match_device(run, cuda, catalog, &here));
}

TEST_CASE("a run on the CPU is the processor's") {
  const Catalog catalog;
  BenchRun run;
  run.cpu_info = "AMD Ryzen 9 7950X 16-Core Processor";
  CHECK(match_device(run, catalog.backend("cpu"), catalog).id == "ryzen-9-7950x");
  CHECK_THROWS(match_device(run, catalog.backend("cuda"), catalog));
}

TEST_CASE("a backend of one's own is recognized, though the libraries of the CPU are named beside it") {
  const Catalog catalog(
      std::vector<Overlay>{{"my.json", R"({"backends":[{"name":"sycl","label":"SYCL","llama_bench_names":["oneAPI"],
    "traits":{"alignment":128,"row_padding":0},"overheads":[]}]})"}});
  CHECK(backend_of("SYCL", catalog) == "sycl");
  CHECK(backend_of("oneAPI,BLAS", catalog) == "sycl");
}

}  // namespace lfmfit::cli
