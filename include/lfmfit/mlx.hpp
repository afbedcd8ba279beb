// MLX (mlx-lm) on Apple's GPUs: what it is asked, and what is known of it. Weights in groups, a cache that grows in
// steps with the conversation, and memory that the system lets it wire, which it may exceed and then is slow.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/quantization.hpp"
#include "lfmfit/tensor.hpp"
#include "lfmfit/vllm.hpp"

namespace lfmfit {

/// mlx-lm's options under their own names. Unset: mlx-lm's default.
struct MlxRequest {
  std::optional<std::int64_t> kv_bits;             ///< of a number of the cache; unset: BF16
  std::optional<std::int64_t> kv_group_size;       ///< numbers of the cache that share a scale and a bias
  std::optional<std::int64_t> quantized_kv_start;  ///< tokens up to which the cache stays BF16
  std::optional<std::int64_t> max_kv_size;         ///< tokens that the cache keeps at most; unset: all
  std::optional<std::int64_t> prefill_step_size;   ///< tokens of a prompt that are computed together
};

/// How weights for MLX are stored: a row of data/mlx.json.
struct MlxForm {
  Quantization row;                    ///< its name and quality
  std::vector<std::string> stored_as;  ///< what readers of config.json call it: "mlx, 4 bits"
};

/// All that data/mlx.json says.
struct MlxFacts {
  std::string version;                                 ///< of mlx-lm whose rules are known: "2026-08"
  std::deque<TensorType> types;                        ///< what forms store weights in
  std::vector<MlxForm> forms;                          ///< the first unless another is asked for
  std::vector<std::string> backends;                   ///< that it runs on
  std::int64_t cache_step = 256;                       ///< tokens that the cache grows by
  std::int64_t chunk = 2048;                           ///< prefill_step_size where none is given
  std::int64_t cache_group = 64;                       ///< kv_group_size where none is given
  std::int64_t quantized_start = 5000;                 ///< quantized_kv_start where none is given
  std::vector<std::int64_t> cache_bits, cache_groups;  ///< that a quantized cache can have
  std::vector<std::int64_t> fused_heads;  ///< sizes of heads whose attention to prompts keeps no table of scores
  std::int64_t commands_in_flight = 10;   ///< command buffers that wait or run while the next is filled
  std::int64_t commands = 50;             ///< operations of one command buffer at most
  double commands_mib = 50;               ///< of what they read, at most, rounded down
  Band activation;                        ///< of what those buffers hold, as a share of the replay's
  Band other_gib;                         ///< what lies there besides
  Band bandwidth_share, compute_share;    ///< of the data sheet's, that decode and prompts reach
  double wired_share = 0.9;               ///< of the limit, above which weights make mlx-lm warn
  std::string source, cache_source, activation_source, speed_source;
};

/// What a question to MLX asks besides model, form and device; request.context is the tokens that the cache holds.
struct MlxQuestion {
  const MlxFacts* facts = nullptr;
  MlxRequest request;               ///< every default filled in but kv_bits and max_kv_size
  std::optional<Bytes> checkpoint;  ///< of all tensors, as a folder on disk holds them; unset: by the form
};

}  // namespace lfmfit
