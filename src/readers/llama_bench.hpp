#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lfmfit {

/// One test of llama-bench, as `llama-bench -o json` prints it; field names are its own.
struct BenchRun {
  std::string backends;  ///< "CUDA", "Metal,BLAS"
  std::string gpu_info;  ///< "NVIDIA GeForce RTX 4080"; several are joined by ", "
  std::string cpu_info;  ///< "AMD Ryzen 9 7950X 16-Core Processor"
  std::string model_filename;
  std::string model_type;       ///< "qwen2 7B Q4_K - Medium"
  std::int64_t model_size = 0;  ///< bytes of all tensors
  std::int64_t model_n_params = 0;
  std::string type_k = "f16", type_v = "f16";
  std::int64_t n_gpu_layers = -1;  ///< -1, or more than there are: all
  std::int64_t n_cpu_moe = 0;
  bool no_kv_offload = false;
  bool embeddings = false;
  std::int64_t n_batch = 2048, n_ubatch = 512;
  std::int64_t n_prompt = 0;  ///< tokens of the prompt
  std::int64_t n_gen = 0;     ///< tokens generated
  std::int64_t n_depth = 0;   ///< tokens in the cache before
  double avg_ts = 0;          ///< tokens per second
  std::string test_time;
};

/// Reads the output of `llama-bench -o json`. Fields that older versions lack have llama-bench's defaults; unknown ones
/// are ignored. Throws Error(kBadFile) naming `name` and what is missing or out of range.
std::vector<BenchRun> read_llama_bench(const std::string& name, const std::string& text);

}  // namespace lfmfit
