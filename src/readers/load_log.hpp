#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/memory.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// One buffer that a log names.
struct LogBuffer {
  std::string device;  ///< "CUDA0", "CPU_Mapped", "CUDA_Host"
  MemoryUse use = MemoryUse::kWeights;
  Bytes bytes;

  /// Number of the GPU, or kHost.
  int place() const;
};

/// One context of a model: what it was made with, and its buffers, the last of each kind and device.
struct LogContext {
  std::optional<std::int64_t> context, sequences, batch, ubatch, spare_states;
  std::optional<std::int64_t> cells, streams;  ///< of its first cache: of one stream
  std::optional<bool> flash_attention, kv_unified;
  std::string type_k, type_v;
  std::vector<LogBuffer> buffers;
};

/// One model that was loaded, or failed to be.
struct LogModel {
  std::string path;                                   ///< of its file
  std::string name;                                   ///< general.name of its file
  std::string file_type;                              ///< "Q4_K - Medium"
  std::optional<Bytes> bytes;                         ///< of all tensors
  std::optional<std::int64_t> layers_on_gpu, layers;  ///< "offloaded 17/17 layers"
  std::optional<bool> mapped;
  std::vector<std::string> moved;  ///< tensors that were put elsewhere: "blk.3.ffn_up_exps.weight=CPU"
  std::vector<LogBuffer> buffers;
  std::vector<LogContext> contexts;
};

/// A GPU that a log names.
struct LogDevice {
  std::string buffer;  ///< "CUDA0"
  std::string name;    ///< "NVIDIA GeForce RTX 3060"
  std::optional<Bytes> free;
};

/// What was asked for and was not there.
struct LogFailure {
  std::string device;            ///< "CUDA0"; empty: not told
  std::optional<MemoryUse> use;  ///< unset: not told
  std::optional<Bytes> asked, there;
};

/// What vLLM says of itself.
struct VllmLog {
  std::string version, model, quantization, kv_cache_dtype;
  std::optional<std::int64_t> max_model_len, max_num_seqs, max_num_batched_tokens, block_size;
  std::optional<std::int64_t> tensor_parallel, pipeline_parallel, data_parallel;
  std::optional<double> utilization, concurrency;
  std::optional<bool> eager, prefix_caching;
  std::optional<Bytes> total, weights, activation, other, graphs, cache;
  std::optional<std::int64_t> cache_tokens;
};

/// What the log of one run says of memory.
struct LoadLog {
  enum class Program { kLlamaCpp, kOllama, kVllm };

  Program program = Program::kLlamaCpp;
  std::optional<std::int64_t> build;  ///< llama.cpp's number: 11151
  std::string version;                ///< "0.7.0"; empty: not told
  std::vector<LogDevice> devices;
  std::vector<LogModel> models;
  std::optional<LogFailure> failure;
  std::optional<std::int64_t> slots, slot_context;  ///< of llama-server
  std::optional<bool> slots_share;                  ///< one cache
  std::optional<VllmLog> vllm;
  bool coarse = false;  ///< sizes in GiB with one decimal, as Ollama's own engine prints them

  /// The model that was loaded for its own sake: the first, as it was loaded last. Null: none.
  const LogModel* main_model() const;
};

/// Reads the log `in` of llama.cpp, Ollama or vLLM; `path` is for messages. At most 256 MiB are read, lines are cut at
/// 64 KiB. Throws Error(kBadFile) where it says nothing of memory.
LoadLog read_load_log(std::istream& in, const std::string& path);

}  // namespace lfmfit
