#include "readers/llama_bench.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

/// A test as llama-bench prints it, with `more` fields behind.
std::string test_text(const std::string& more) {
  return R"({"build_commit": "0000000", "build_number": 9000, "cpu_info": "a CPU", "gpu_info": "NVIDIA GeForce RTX 4080",
    "backends": "CUDA", "model_filename": "model.gguf", "model_type": "lfm2 1.2B Q4_K - Medium", "model_size": 728509440,
    "model_n_params": 1170340608, "n_batch": 2048, "n_ubatch": 512, "type_k": "f16", "type_v": "q8_0", "n_gpu_layers": 99,
    "no_kv_offload": false, "flash_attn": -1, "embeddings": false, "n_prompt": 0, "n_gen": 128, "test_time": "2026-01-02T03:04:05Z",
    "avg_ns": 208469000, "avg_ts": 614.0, "stddev_ts": 1.5)" +
         more + "}";
}

std::string message_of(const std::string& text) {
  try {
    read_llama_bench("standard input", text);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("tests of llama-bench are read field by field") {
  const std::vector<BenchRun> runs =
      read_llama_bench("standard input", "[" + test_text(R"(, "n_depth": 4096)") + ", " + test_text("") + "]\n");
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].gpu_info == "NVIDIA GeForce RTX 4080");
  CHECK(runs[0].model_size == 728509440);
  CHECK(runs[0].model_n_params == 1170340608);
  CHECK(runs[0].type_v == "q8_0");
  CHECK(runs[0].n_gen == 128);
  CHECK(runs[0].n_depth == 4096);
  CHECK(runs[0].avg_ts == 614.0);
  CHECK(runs[1].n_depth == 0);
}

TEST_CASE("what is no output of llama-bench is refused with a hint") {
  CHECK(message_of("{}") == "standard input holds no list of tests; pipe in the output of llama-bench -o json");
  CHECK(message_of("[]").find("llama-bench -o json") != std::string::npos);
  CHECK(message_of("[1]").find("test 1") != std::string::npos);
  CHECK(message_of("[{\"model_size\": 1}]").find("model_n_params") != std::string::npos);
  CHECK(message_of("[], \"other\": 1").find("llama-bench -o json") != std::string::npos);
  CHECK_FALSE(message_of("| model | size |").empty());
}

TEST_CASE("values out of range are refused by name") {
  CHECK(message_of("[" + test_text(R"(, "n_depth": -1)") + "]").find("n_depth") != std::string::npos);
  CHECK(message_of("[" + test_text(R"(, "n_cpu_moe": "all")") + "]").find("n_cpu_moe") != std::string::npos);
  CHECK(message_of("[" + test_text(R"(, "n_depth": 18446744073709551615)") + "]").find("n_depth") != std::string::npos);
}

}  // namespace lfmfit
