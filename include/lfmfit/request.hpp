// The settings that llama.cpp is run with.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/backend.hpp"
#include "lfmfit/pooling.hpp"
#include "lfmfit/release.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

enum class FlashAttention { kAuto, kOn, kOff };

/// How several GPUs share a model: whole layers each, rows of each matrix, parts of everything (tensor), or all on one.
enum class SplitMode { kLayer, kRow, kTensor, kNone };

/// Who says what lies in host memory: the request (`gpu_layers`, `cpu_moe`, ...); llama.cpp, which leaves a
/// margin free on each GPU (kAutomatic); or llama.cpp where not everything fits (kWhereNeeded).
enum class Placing { kGiven, kAutomatic, kWhereNeeded };

/// What drafts tokens that the model then checks together: nothing, its own further layer, or another model.
enum class Drafting { kNone, kMtp, kModel };

/// Tokens drafted ahead where nothing says how many (llama.cpp's --spec-draft-n-max).
constexpr std::int64_t kUsualDraftTokens = 3;

constexpr std::int64_t kAllGpus = -1;

/// The place beside GPUs, or all there is without one. Other places are numbers of GPUs.
constexpr int kHost = -1;

/// What a file calls a tensor: "blk.3.attn_q.weight" is attn_q.weight of layer 3; layer -1: of no layer.
struct TensorName {
  int layer = -1;
  std::string name;

  std::strong_ordering operator<=>(const TensorName&) const = default;
};

/// Tensors that are to lie elsewhere than their layer: one pattern of --override-tensor.
struct TensorOverride {
  std::string pattern;              ///< a regular expression of names, as it was asked for
  int place = kHost;                ///< number of the GPU, or kHost
  std::vector<TensorName> tensors;  ///< those of the model that it is for, sorted; none that an earlier one is for

  bool operator==(const TensorOverride&) const = default;
};

/// What of a layer llama.cpp's --fit moves away where its GPU has no room for all of it.
enum class LayerPart {
  kExperts,        ///< the matrices of the experts
  kFeedForward,    ///< all matrices of the feed-forward part, router and shared experts too
  kGatesAndDowns,  ///< those less up-projections
  kDowns,          ///< down-projections alone
};

/// Layers of one GPU, from the first to before `end`, whose experts lie in host memory; of the first of them `part`
/// lies at `place`: on the next GPU or in host memory. What --fit writes as patterns of --override-tensor.
struct Overflow {
  std::int64_t first = 0, end = 0;
  LayerPart part = LayerPart::kExperts;
  int place = kHost;

  auto operator<=>(const Overflow&) const = default;
};

/// How a model is to be run: llama.cpp's parameters under their own names. Defaults are those of llama-server with one
/// slot: context 4096, batch 2048, ubatch 512, flash attention auto, all layers on the GPU.
struct Request {
  Tokens context{4096};       ///< n_ctx: all sequences together
  std::int64_t parallel = 1;  ///< n_seq_max: sequences, the server's slots
  bool kv_unified = false;
  std::int64_t batch = 2048;
  std::int64_t ubatch = 512;
  FlashAttention flash_attention = FlashAttention::kAuto;
  std::optional<std::int64_t> outputs;  ///< rows of logits a batch may ask for; unset: `parallel`, as the server does
  bool all_outputs = false;             ///< every token of a batch may ask for logits (benchmarks, the plain API)
  bool embeddings = false;              ///< the server computes embeddings and nothing else
  std::optional<Pooling> pooling;       ///< unset: the model's own
  bool swa_full = false;
  Placing placing = Placing::kGiven;
  std::int64_t gpu_layers = -1;           ///< -1: all, the output layer included
  bool cpu_moe = false;                   ///< all experts in host memory
  std::int64_t n_cpu_moe = 0;             ///< experts of the first n layers in host memory
  std::vector<TensorOverride> overrides;  ///< come before `cpu_moe` and `n_cpu_moe`: the first that names a tensor says
  std::vector<Overflow> overflows;        ///< what --fit moved away, by GPU; come before `overrides`
  bool offload_kqv = true;
  bool op_offload = true;
  bool mmap = true;  ///< weights stay in the mapped file: host memory that is not reserved, and on Metal a span of it
  std::int64_t moe_cache_mib = 0;  ///< of the first GPU, for experts that lie in host memory; 0: none
  Drafting drafting = Drafting::kNone;
  std::int64_t draft_tokens = 0;  ///< most that are drafted ahead: as many states are kept for each slot besides
  std::int64_t gpu_count = 1;     ///< kAllGpus: all that the device has
  SplitMode split_mode = SplitMode::kLayer;
  std::vector<double> tensor_split;       ///< proportion of each GPU, those left out 0; empty: by free memory
  std::int64_t main_gpu = 0;              ///< the GPU that holds everything with kNone
  std::optional<bool> importance_matrix;  ///< made with one; unset: as the quantization usually is
  const Release* release = nullptr;       ///< of llama.cpp, whose rules count; null: the newest that is known
  Tokens depth{0};                        ///< tokens already in the cache when speed is asked for
  std::optional<std::int64_t> prompt;     ///< tokens of the prompt whose time is asked; unset: prompt_of()
  std::optional<std::int64_t> threads;    ///< of the CPU that compute; unset: all its cores

  bool operator==(const Request&) const = default;
};

/// Tokens of the prompt whose time is asked: where nobody says, 512, or a whole micro-batch where that is more.
Tokens prompt_of(const Request& request);

/// The context that each sequence can have: all of it where they share one cache, else an equal part.
Tokens tokens_of_each(const Request& request);

/// Throws Error(kBadRequest) naming the first field whose value llama.cpp could not run with (0 tokens, batch < 1,
/// more than 256 sequences, a context above 2^31, ...), on whatever backend.
void validate(const Request& request);

/// The same on `backend`: only the CPU's does without a GPU.
void validate(const Request& request, const Backend& backend);

}  // namespace lfmfit
