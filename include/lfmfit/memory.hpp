// The memory ledger: what llama.cpp allocates, line by line, each with its formula and source.
#pragma once

#include <string>
#include <vector>

#include "lfmfit/backend.hpp"
#include "lfmfit/model.hpp"
#include "lfmfit/quantization.hpp"
#include "lfmfit/request.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

class ComputePlans;  // lfmfit/estimate.hpp

/// What memory is used for.
/// kActivation to kOutside: vLLM's.
enum class MemoryUse {
  kWeights,
  kKvCache,
  kState,
  kCompute,
  kOutput,
  kDriver,
  kActivation,  ///< at the peak of a profile run
  kGraphs,
  kOther,    ///< of the share that vLLM asks for, what is neither
  kOutside,  ///< beside that share
};

/// "weights", "KV cache", "state", "compute", "output", "driver", "activation", "CUDA graphs", "other", "outside".
const char* name_of(MemoryUse use);

/// What the driver's share is made up of.
enum class DriverPart { kWhole, kContext, kKernels, kBlas, kPool };

/// One line of the memory ledger.
struct MemoryTerm {
  MemoryUse use = MemoryUse::kWeights;
  int place = 0;  ///< number of the GPU, or kHost
  Bytes value, low, high;
  std::string formula;                   ///< with the inputs filled in: "6 layers x 4,096 cells x 2 x 512 x 2 B"
  std::string source;                    ///< what the figure rests on
  DriverPart part = DriverPart::kWhole;  ///< with MemoryUse::kDriver
};

/// "context", "kernels", "cuBLAS", "pool"; empty for all of it.
const char* name_of(DriverPart part);

/// What llama.cpp makes of a request before it allocates.
struct Scene {
  Tokens context;  ///< n_ctx after padding
  Tokens context_per_sequence;
  std::int64_t batch = 0;
  std::int64_t ubatch = 0;   ///< tokens of the graph that is reserved
  std::int64_t outputs = 0;  ///< rows of logits in that graph
  std::int64_t sequences = 1;
  std::int64_t states = 1;   ///< kept of each recurrent layer: one a sequence, and one for each drafted token besides
  std::int64_t streams = 1;  ///< caches that are not shared: 1 if unified
  bool embeddings = false;   ///< what is read is the hidden state, not the logits
  Pooling pooling = Pooling::kNone;  ///< with `embeddings`
  bool flash_attention = true;
  bool values_transposed = false;  ///< the value cache is laid out for attention without flash kernels
};

/// All memory of a loaded model, term by term. Every total in every output is a sum over `terms`.
struct MemoryLedger {
  Scene scene;
  int gpu_count = 1;  ///< 0: CPU only
  std::vector<MemoryTerm> terms;
  std::vector<int> layers;        ///< where each layer lies: number of the GPU, or kHost; empty: not told
  int expert_layers_on_host = 0;  ///< layers all of whose experts lie in host memory beside GPUs
  bool beside_gpus = false;       ///< layers, experts, the output or caches lie in host memory beside GPUs
  Bytes mapped_twice;  ///< counted on a GPU and on the host, but one mapping of a file where they share a pool

  std::vector<DriverDemand> driver_demands;  ///< of each GPU, or of all alike

  Bytes sum(MemoryUse use, int place) const;
  Bytes sum(DriverPart part, int place) const;
  bool has(DriverPart part, int place) const;
  /// What the model asks of the libraries on GPU `gpu`.
  DriverDemand demand_on(int gpu) const;
  Bytes total(int place) const;
  Bytes total_low(int place) const;
  Bytes total_high(int place) const;
  /// The place that decides whether the model fits: the GPU with the highest upper bound, or the host without GPUs.
  int tightest_place() const;
  /// Whether anything is allocated at `place`, if only a buffer of no bytes.
  bool uses(int place) const;
};

/// The facts an estimate draws on besides model and request. References must outlive the call.
struct MemoryContext {
  const Backend& backend;
  const TensorType& type_k;
  const TensorType& type_v;
  std::vector<const Device*> devices{};  ///< the GPUs, the last for all that follow; empty: none in particular
  std::vector<Bytes> free{};  ///< memory of each GPU before the model is loaded, which decides the split; empty: equal
  ComputePlans* plans = nullptr;  ///< what is known of compute buffers, and learns of these; null: nothing
};

/// The memory that llama.cpp v0.5.0 allocates for `model`, stored as `tensors` (all with `stored`), under `request`.
/// Weights, caches and state follow its allocation rules to the byte; the compute buffer is a re-play of its
/// scheduler and graph allocator. Throws Error(kUnsupported | kBadRequest) for what it cannot answer truthfully.
MemoryLedger estimate_memory(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                             const MemoryContext& context);

/// What one buffer of `backend` takes for `tensors` (all with `stored`), each padded as the backend asks.
Bytes buffer_bytes(const std::vector<Tensor>& tensors, const Backend& backend);

/// The terms of the driver's share on `device` (null: none in particular), where a model asks for `demand`, with no
/// place yet. Throws Error(kUnsupported) like driver_overhead.
std::vector<MemoryTerm> driver_terms(const Backend& backend, const Device* device, const DriverDemand& demand);

/// What tiles that several multiprocessors add up take on `device`: nothing where those are not counted.
Bytes bytes_of_tiles(const Device* device);

/// Puts the driver's share of `devices`, the last for all that follow, in place of the one that `ledger` has, on each
/// GPU that is used; all else is the same for every device.
void set_driver_share(MemoryLedger& ledger, const Backend& backend, const std::vector<const Device*>& devices);

/// The padded sizes llama.cpp derives from `request` for `model` (llama-context.cpp).
Scene resolve(const Request& request, const Model& model);

}  // namespace lfmfit
