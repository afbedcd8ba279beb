// The laws of speed: the work of one token or prompt, and the time that hardware takes for it, line by line. Laws are
// fitted to measurements, so each figure has a band.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/backend.hpp"
#include "lfmfit/change.hpp"
#include "lfmfit/device.hpp"
#include "lfmfit/request.hpp"
#include "lfmfit/speed_constants.hpp"
#include "lfmfit/units.hpp"
#include "lfmfit/workload.hpp"

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

/// The machine around the GPUs, as far as the asker says.
struct HostMachine {
  std::optional<Bandwidth> bandwidth;   ///< of its memory: channels x rate; unset: by the kind of machine
  std::optional<std::int64_t> threads;  ///< that compute; unset: all its cores
};

/// What the workload is put on. References must outlive the call.
struct SpeedTarget {
  const Device& device;  ///< memory bandwidth and FP32 rate of one GPU, or a machine whose parts each have theirs
  const Backend& backend;
  const SpeedConstants& constants;
  int gpu_count = 1;
  SplitMode split_mode = SplitMode::kLayer;  ///< layers: GPUs work one after the other; tensors: side by side
  bool explain = false;                      ///< fill in the terms of estimates; ten times slower
  HostMachine host{};
};

/// Decode: tokens per second of `sequences` requests that are generated together, all of them counted, each with
/// `workload.depth` tokens in its cache. One pass over as many columns as requests:
///
///     time = products + launches + attention + states + activations + the host's share
///
/// Products of up to 8 columns run through vector kernels, of more through tiles that are unpacked once for each of
/// their columns; F16 through a library; experts each over the tokens that choose it; short convolutions and states
/// request by request. Reading and computing are joined by squares, since they partly overlap. On CPUs all products
/// read and compute together. Requests together are never faster each, nor slower in all, than fewer of them.
/// GPUs that hold layers each work one after the other; GPUs that share tensors side by side, as long as the slowest
/// takes. What lies in host memory is read by the CPU, or from 32 columns on copied to the GPU.
/// Throws Error(kUnsupported): an encoder, the CPU backend on a card (its host is not known), a device of unknown
/// bandwidth, a backend without constants, matrices split by rows.
SpeedEstimate estimate_decode(const Workload& workload, const SpeedTarget& target, std::int64_t sequences = 1);

/// The value of estimate_decode alone, without the texts around it.
TokenRate decode_rate(const Workload& workload, const SpeedTarget& target, std::int64_t sequences = 1);

/// Prefill: tokens per second of a prompt of `workload.prompt` tokens behind `workload.depth` others, in micro-batches
/// of `workload.ubatch`: each a pass over as many columns. GPUs that hold layers each work on several of them at once,
/// where the backend can (SpeedAssumptions::pipelined). Throws like estimate_decode.
SpeedEstimate estimate_prefill(const Workload& workload, const SpeedTarget& target);

/// The time of estimate_prefill alone, of the whole prompt.
Seconds prefill_time(const Workload& workload, const SpeedTarget& target);

/// Time until the first token of the answer to the prompt of estimate_prefill: the prompt and one decoded token. Throws
/// like estimate_decode.
Seconds time_to_first_token(const Workload& workload, const SpeedTarget& target);

}  // namespace lfmfit
