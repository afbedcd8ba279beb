// The centre of the library: one question about one model, and its answer in memory, fit and speed. All else prepares a
// question or lays answers side by side.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/backend.hpp"
#include "lfmfit/cache_types.hpp"
#include "lfmfit/device.hpp"
#include "lfmfit/fit.hpp"
#include "lfmfit/law.hpp"
#include "lfmfit/memory.hpp"
#include "lfmfit/mlx.hpp"
#include "lfmfit/model.hpp"
#include "lfmfit/quantization.hpp"
#include "lfmfit/request.hpp"
#include "lfmfit/shared_value.hpp"
#include "lfmfit/speed.hpp"
#include "lfmfit/tensor.hpp"
#include "lfmfit/units.hpp"
#include "lfmfit/vllm.hpp"

namespace lfmfit {

/// Compute buffers that were worked out before, for whoever asks much about one model: the re-play of llama.cpp's
/// allocator is most of an answer's time, and devices and quantizations seldom change what comes of it. Answers are the
/// same with them and without. Several threads may use one; models and backends asked about must outlive it.
class ComputePlans;
std::shared_ptr<ComputePlans> new_compute_plans();

/// What is loaded beside the model: its tensors take a buffer on the first GPU.
struct BesideModel {
  std::string what;             ///< "mmproj of 400 tensors"
  std::vector<Tensor> tensors;  ///< all with `stored`
};

/// One question about one model: the request and every fact that the answer draws on. Model, quantization, backend and
/// cache must be there; what the pointers name must outlive the question and what is made of it.
struct Question {
  const Model* model = nullptr;
  const Quantization* quantization = nullptr;
  const Backend* backend = nullptr;
  CacheTypes cache;
  Request request;
  const SpeedConstants* speed_constants = nullptr;  ///< null: no speed is asked for
  const Law* law = nullptr;                         ///< null: the usual one, llama.cpp's
  bool shrinks_context = false;    ///< request.context is to be shortened to what fits, as llama.cpp's -fit does
  bool longest_context = false;    ///< request.context is to be the longest that fits, not a given number
  bool explain = false;            ///< the terms of speeds are wanted, not their sums alone
  const Device* device = nullptr;  ///< null: no verdict and no speed, unless `available` is set
  std::optional<Bytes> available;  ///< memory that may be used on each GPU; unset: what the device has usable
  std::optional<Bandwidth> ram_bandwidth;  ///< peak of the memory beside the GPUs, or of the CPU; unset: as assumed
  std::optional<Bytes> ram;                ///< memory beside the GPUs; unset: what the device's row says, if it does
  Bytes reserve;                           ///< to be left free on each GPU
  std::optional<Bytes> driver_share;       ///< the driver's share on each GPU; unset: the backend's figures
  // A draft model, with Drafting::kModel.
  const Model* draft_model = nullptr;
  const Quantization* draft_quantization = nullptr;
  std::vector<std::string> notes;  ///< on the name that the model was asked for by, in sentences
  std::vector<BesideModel>
      beside;  ///< mmproj files, adapters, control vectors; buffers they compute with are not counted
  std::optional<VllmQuestion> vllm;     ///< of vLLM's law; request.context is then max_model_len
  std::optional<MlxQuestion> mlx;       ///< of MLX's law
  std::shared_ptr<ComputePlans> plans;  ///< shared with other questions; null: none are
};

/// How fast a model runs. Unset: not known, or not asked for.
struct Speed {
  SpeedEstimate decode;                     ///< of one request alone
  std::optional<SpeedEstimate> throughput;  ///< of all slots together, where there are several
  std::optional<SpeedEstimate> prefill;
  std::optional<Seconds> time_to_first_token;    ///< of the answer to a prompt of `prompt` tokens behind `depth` others
  std::optional<TokenRate> decode_half_context;  ///< of one request whose share of the context is half filled
  std::optional<TokenRate> decode_full_context;  ///< of one that fills it
};

/// The answer to a Question.
struct Estimate {
  Request request;             ///< as answered: with the context that was chosen
  Bytes tensor_bytes;          ///< all tensors as stored, the file less its metadata
  Bytes file_bytes;            ///< the file; metadata counted where it is known
  Bytes file_low, file_high;   ///< bounds of it: those of a publisher's mix, of which files of one name differ
  double bits_per_weight = 0;  ///< 8 x tensor_bytes / parameters
  MemoryLedger memory;
  std::optional<Fit> fit;  ///< where a device or `available` says what there is
  SharedValue<Speed> speed;
  std::optional<VllmAnswer> vllm;     ///< of vLLM's law
  std::vector<std::string> notes;     ///< on the model and its name: true whatever is asked, in sentences
  std::vector<std::string> warnings;  ///< what whoever asked should know besides, in sentences
};

/// What a table of devices says of one: an answer without the terms of its memory and its sentences.
struct Judged {
  Request request;  ///< as answered
  Fit fit;
  SharedValue<Speed> speed;
  int expert_layers_on_host = 0;
};

/// `request` with what a plain llama-server takes where nothing else is said: all the context that `model` can use, in
/// four slots that share one cache (-np auto).
Request like_server(Request request, const Model& model);

/// `request` as Ollama runs `model` on GPUs of `memory` bytes together where nothing else is said: a context for each
/// of `slots` by what memory there is, none of them shared, and placed as llama.cpp's --fit places.
Request like_ollama(Request request, const Model& model, Bytes memory, std::int64_t slots);

/// Throws Error(kBadRequest) naming the first part of `question` that is missing.
void require_complete(const Question& question);

/// The tensors of a question's model as they are stored: with an importance matrix where one is asked for, or where
/// llama-quantize makes the file type with one only.
std::vector<Tensor> stored_tensors(const Question& question);

/// Answers `question`. Throws Error(kBadRequest) for a question that is not complete, a request that llama.cpp could
/// not run with or a longest context that is asked for without a device or `available`, Error(kUnsupported) for what
/// cannot be answered truthfully.
Estimate estimate(const Question& question);

/// The same where the tensors were quantized before: `stored` is stored_tensors(question).
Estimate estimate(const Question& question, const std::vector<Tensor>& stored);

/// What one token costs, on whatever hardware of the question's backend; unset where no speed is asked for.
std::optional<Workload> workload_of(const Question& question, const std::vector<Tensor>& stored);

/// The memory up to which speeds are told, of a device with `usable` bytes: no bandwidth says how fast a model runs
/// that does not fit. A machine with one pool counts as usable to its end: its owner can raise the limit.
Bytes speed_limit(const Device& device, Bytes usable);

/// What one process can use for `question`: of its `available` bytes and `ram` where they are given, else of its
/// device, less what is to be left free. Without either, of no place.
Capacity capacity_of(const Question& question);

/// The longest context whose upper bound fits `capacity` in every place, in steps as llama.cpp pads it: 256 tokens a
/// sequence, or of all together with a unified cache. At most the context the model's configuration allows; the
/// shortest step where even that does not fit.
Tokens longest_context(const Question& question, const std::vector<Tensor>& stored, const Capacity& capacity);

/// Answers one question about several devices: what they share is worked out once.
class Answers {
 public:
  /// `question` must outlive it; its device and backend do not count. `stored` is stored_tensors(question).
  Answers(const Question& question, std::vector<Tensor> stored);
  ~Answers();
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;

  /// The answer on `device`. Throws like estimate().
  Estimate on(const Device& device, const Backend& backend);
  /// The same as far as a table says it, which costs a fraction.
  Judged judged_on(const Device& device, const Backend& backend);

 private:
  struct Shared;

  Question question_on(const Device& device, const Backend& backend) const;

  const Question& question_;
  std::vector<Tensor> stored_;
  std::unique_ptr<Shared> shared_;
};

}  // namespace lfmfit
