// The laws of speed: the work of one token or prompt, and the time that hardware takes for it, line by line. Laws are
// fitted to measurements, so each figure has a band.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lfmfit/backend.hpp"
#include "lfmfit/cache_types.hpp"
#include "lfmfit/change.hpp"
#include "lfmfit/device.hpp"
#include "lfmfit/model.hpp"
#include "lfmfit/request.hpp"
#include "lfmfit/speed_constants.hpp"
#include "lfmfit/tensor.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// One line of the time ledger: a part of the time that one token (decode) or one prompt (prefill) takes.
struct TimeTerm {
  std::string name;  ///< "weights", "experts", "launches", "KV cache", "compute", ...
  Seconds value;
  std::string formula;  ///< with the inputs filled in: "728.5 MB x 1.145 / 1008 GB/s"
  std::string source;   ///< "cuda/Ada, 29 measurements"
};

/// A change that makes a speed higher, worked out like the speed itself.
struct Improvement {
  Change change;
  TokenRate value;  ///< the speed with it
  double gain = 0;  ///< value / the speed without it - 1
};

/// A speed with the band that 80 % of measurements lie in.
struct SpeedEstimate {
  TokenRate value, low, high;
  std::vector<TimeTerm>
      terms;  ///< of the whole time behind `value`, where the target asks to explain; their sum is `time`
  std::vector<Improvement> improvements;  ///< the greatest first, where they were asked for (improvements.hpp)
  Seconds time;                           ///< of one token of each sequence (decode), of the whole prompt (prefill)
  bool measured = true;  ///< false: this device, or a part of this model, has no measurement; the band is wider
  std::string basis;     ///< "CUDA on Ada: 31 measurements, 6 on this device"
};

/// Experts of one type in one place.
struct ExpertLoad {
  const TensorType* type = nullptr;
  double bytes = 0;       ///< of all experts
  double share = 0;       ///< of them that one token uses
  double parameters = 0;  ///< of all experts
};

/// What one token of one sequence reads for each position before it, in the layers that see equally far.
struct PositionLoad {
  std::int64_t window = 0;  ///< positions that are seen at most; 0: all
  double bytes = 0;         ///< of cache, per position
  double operations = 0;    ///< of attention, per position
};

/// What a pass over the model needs of one place: all GPUs together, or the host.
struct PlaceLoad {
  double dense_bytes = 0;  ///< weights that every pass reads; an embedding that is only looked up is not among them
  double dense_parameters = 0;  ///< multiplied for every token; the output layer's are not among them
  double dense_operations = 0;  ///< of one decoded token, the output layer's and the work of unpacking included
  std::vector<ExpertLoad> experts;
  double expert_parameters = 0;  ///< of the experts that one token uses
  double expert_operations = 0;  ///< the same as dense_operations, for them
  double activations = 0;        ///< numbers that one token takes into and out of the matrices
  double launches = 0;           ///< kernels of one pass
  std::vector<PositionLoad> positions;
  double state_bytes = 0;  ///< recurrent state, read and written by each token

  bool empty() const { return dense_bytes <= 0 && experts.empty() && positions.empty() && state_bytes <= 0; }
};

/// What a model under a request costs on any hardware. Counted once, used for every device.
struct Workload {
  PlaceLoad device, host;
  std::vector<PlaceLoad> gpus;  ///< the part of `device` that each of several GPUs takes; empty: there is one GPU
  std::int64_t layers = 0;
  std::int64_t crossings = 0;  ///< between CPU and GPU in one pass
  std::int64_t depth = 0;      ///< tokens in the cache of each sequence
  std::int64_t ubatch = 512;   ///< tokens of a prompt that are computed together
  bool op_offload = true;      ///< prompts may copy host weights to the GPU
  bool generates = true;       ///< false: an encoder
  bool measured = true;        ///< every part of the model occurs in some measurement
};

/// Counts the work of `model`, stored as `tensors` (all with `stored`), under `request` (depth, ubatch, what lies in
/// host memory). `cpu_backend`: there is no GPU, so that everything lies in the one place called device. `free`: memory
/// of each of several GPUs, by which they share the layers; empty: equal.
Workload count_work(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                    const CacheTypes& cache, bool cpu_backend, const SpeedConstants& constants,
                    const std::vector<Bytes>& free = {});

/// What the workload is put on. References must outlive the call.
struct SpeedTarget {
  const Device& device;  ///< memory bandwidth and FP32 rate of one GPU, or a machine whose parts each have theirs
  const Backend& backend;
  const SpeedConstants& constants;
  int gpu_count = 1;
  SplitMode split_mode = SplitMode::kLayer;  ///< layers: GPUs work one after the other; tensors: side by side
  bool explain = false;                      ///< fill in the terms of estimates; ten times slower
};

/// Decode: tokens per second of `sequences` requests that are generated together, all of them counted, each with
/// `workload.depth` tokens in its cache. Weights are read once for all, caches and states once for each.
/// Time of one step: dense_read x bytes / B + expert_read x bytes / B + launch_us x kernels + kv_read x cache / B +
/// compute x operations / T, where B is the bandwidth and T the FP32 rate of the data sheet. Never above B / bytes.
/// GPUs that hold layers each work one after the other, each at its own B and T; GPUs that share tensors work side by
/// side, as long as the slowest takes.
/// Throws Error(kUnsupported): an encoder, the CPU backend on a card (its host is not known), a device of unknown
/// bandwidth, a backend without constants, matrices split by rows.
SpeedEstimate estimate_decode(const Workload& workload, const SpeedTarget& target, std::int64_t sequences = 1);

/// The value of estimate_decode alone, without the texts around it.
TokenRate decode_rate(const Workload& workload, const SpeedTarget& target, std::int64_t sequences = 1);

/// Prefill: tokens per second of one micro-batch of a prompt behind `workload.depth` tokens. Throws like
/// estimate_decode.
SpeedEstimate estimate_prefill(const Workload& workload, const SpeedTarget& target);

/// Time until the first token of an answer to a prompt of `prompt` tokens (at least 1) with an empty cache: the prompt
/// in micro-batches and one decoded token. Throws like estimate_decode.
Seconds time_to_first_token(const Workload& workload, const SpeedTarget& target, Tokens prompt);

}  // namespace lfmfit
