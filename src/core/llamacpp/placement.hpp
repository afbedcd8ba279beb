#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lfmfit/memory.hpp"
#include "lfmfit/model.hpp"
#include "lfmfit/request.hpp"

namespace lfmfit {

/// A tensor that --override-tensor moves.
struct MovedTensor {
  TensorName name;
  int place = 0;
};

/// A layer of which more than experts, or less, lies elsewhere.
struct PartlyMoved {
  int layer = 0;
  LayerPart part = LayerPart::kExperts;
  int place = 0;
};

/// Where each part of a model lies. Places are GPU numbers 0, 1, ...; the host is number gpu_count, as in ggml's
/// scheduler.
struct Placement {
  int gpu_count = 1;
  std::vector<int> layers;            ///< by layer
  std::vector<bool> experts_on_host;  ///< by layer
  std::vector<bool> scans_on_host;    ///< by layer: its GPU scans no such states; empty: none
  int output = 0;                     ///< final norm and output layer
  bool offload_kqv = true;
  std::vector<MovedTensor> moved;         ///< by name; these come first
  std::vector<PartlyMoved> partly_moved;  ///< then these, then experts_on_host
  bool has_overrides = false;             ///< patterns were given, whether a tensor has such a name or not

  int host() const { return gpu_count; }
  bool leaves_scan(std::size_t layer) const { return layer < scans_on_host.size() && scans_on_host[layer]; }
  int layer_place(int layer) const { return layers[static_cast<std::size_t>(layer)]; }
  /// Where experts of a layer lie, or other matrices that are apart from it; with the layer where none are.
  int experts_place(int layer) const;
  /// Where a tensor lies that a rule moves away from its layer; unset: none does.
  std::optional<int> moved_place(const Tensor& tensor) const;
  /// Whether rules name tensors, or layers that lie in two places otherwise than others do.
  bool moves_single_tensors() const { return !moved.empty() || !partly_moved.empty(); }
  /// Whether two layers lie in the same places but for tensors that are moved one by one.
  bool lie_alike(std::size_t a, std::size_t b) const;
  /// Where the cache and state of a layer lie.
  int cache_place(int layer) const { return offload_kqv ? layer_place(layer) : host(); }
  /// True for the host beside GPUs. Without a GPU the host is the device that computes, and nothing is beside it.
  bool is_beside_gpus(int place) const { return gpu_count > 0 && place == host(); }
  bool layers_on_gpus() const;
  /// True if nothing of the repeating layers or the output is in host memory.
  bool everything_offloaded() const;
  /// True if layers, all of their tensors, caches and output lie in the same place.
  bool is_one_place() const;
  /// True if layers, the output or caches lie in host memory beside GPUs. Tensors may all the same.
  bool leaves_layers_on_host() const;
};

/// The smallest batch for which an operation moves to the GPU although its weight lies in host memory (op_offload in
/// ggml-cuda.cu): the weight is copied there for each batch.
constexpr std::int64_t kMinOffloadedBatch = 32;

/// The share of the model that each GPU and all before it are to hold, in single precision as llama.cpp reckons:
/// `tensor_split`, else in proportion to `free` (empty: equal), or everything on the main GPU with SplitMode::kNone.
std::vector<float> cumulative_shares(const Request& request, int gpus, const std::vector<Bytes>& free);

/// llama.cpp's layer split (llama-model.cpp): the last `gpu_layers` of layers + output, spread over the GPUs by their
/// shares. Throws Error(kBadRequest) for an override that names a GPU that there is not, Error(kUnsupported) for one
/// that moves what llama.cpp looks rows up in to a GPU.
Placement place_layers(const Model& model, const Request& request, bool cpu_backend,
                       const std::vector<Bytes>& free = {});

/// Leaves the parameters of state-space scans that no backend of `traits` runs in host memory, as llama.cpp does with
/// weights of operations that a device does not support.
void leave_scans_on_host(const Model& model, const BackendTraits& traits, Placement& placement);

/// llama.cpp pads caches, and so contexts, to a multiple of this many cells.
constexpr std::int64_t kCellStep = 256;

/// Cells of one sequence stream in the two caches.
struct CacheSizes {
  std::int64_t full = 0;
  std::int64_t sliding = 0;  ///< 0: the model has no sliding window
};

/// The cells llama.cpp reserves for one stream: all of the context, and for sliding windows the window plus one batch.
CacheSizes cache_sizes(const Request& request, const Model& model, const Scene& scene);

}  // namespace lfmfit
