// What llama.cpp allocates differently on CUDA, ROCm, Vulkan, Metal and the CPU, and what their drivers take besides.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/device.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// What a driver and its libraries take on each GPU besides llama.cpp's own buffers, for one backend and the devices
/// that the row names.
struct DriverOverhead {
  std::string generation;                         ///< "Ada"; empty: any that has no row of its own
  std::vector<std::string> compute_capabilities;  ///< of any of these only; empty: any
  /// All of it; where the backend has a DriverLaw, the context of a GPU whose multiprocessors are not counted.
  ByteRange bytes;
  std::int64_t resident_threads = 0;  ///< that a multiprocessor can hold; 0: not known
  Bytes blas_workspace;               ///< that ggml lets cuBLAS have
  std::string source;
};

/// How the driver's share is made up of a context, which reserves local memory for each thread that the GPU can hold,
/// the kernels of one model, cuBLAS once something needs it, and ggml's pool of scratch buffers.
struct DriverLaw {
  Bytes context_per_thread;
  Bytes context_fixed;
  double context_low = 1.0, context_high = 1.0;  ///< bounds of the context as shares of the law's
  ByteRange kernels;
  ByteRange blas;  ///< handle and kernels, without the workspace
  std::string source;
};

/// What a model in its scene asks of the libraries on one GPU.
struct DriverDemand {
  bool multiplies_floats = false;  ///< by cuBLAS, for more than a few tokens at once
  bool splits_tiles = false;       ///< quantized products leave tiles that several multiprocessors add up
  Bytes activations;  ///< most that a quantized product keeps of its input, in 8-bit blocks; 0: there is none
  Bytes scratch;      ///< most that anything else keeps for itself

  bool operator==(const DriverDemand&) const = default;
};

/// Head sizes that a backend's flash attention takes; the query heads per KV head must be a multiple of
/// `group_multiple`.
struct FlashAttentionShape {
  std::int64_t head_dim_k = 0;
  std::int64_t head_dim_v = 0;
  std::int64_t group_multiple = 1;

  bool operator==(const FlashAttentionShape&) const = default;
};

/// How the compute buffer of a backend differs from the plain rules, besides sizes (see core/graph).
struct BackendTraits {
  std::int64_t alignment = 128;            ///< of every tensor in a buffer, bytes
  std::int64_t row_padding = 0;            ///< quantized rows are padded to a multiple of this many elements; 0: none
  bool flash_attention_scratch = false;    ///< FLASH_ATTN_EXT carries an f16 copy of quantized K and V
  bool fused_experts_keep_inputs = false;  ///< inputs of a fused expert reduction and router stay alive until its end
  bool reorders_nodes = false;             ///< nodes are moved so that they can run at the same time or as one kernel
  bool runs_nodes_ahead = false;           ///< nodes that wait for none before them are moved ahead of those
  bool kernel_scratch = false;             ///< results are followed by what their kernels need besides
  bool unified_memory = false;             ///< host and device are one pool: no second copy of tied embeddings
  bool maps_beside_integrated = false;     ///< what stays in host memory beside integrated GPUs is a mapped file too
  bool integrated_reads_host = false;      ///< integrated GPUs can use host buffers where they lie, see Release
  std::int64_t host_alignment = 32;        ///< of every tensor in the host buffers that go with the backend, bytes
  Bytes largest_buffer;                    ///< compute buffers are made of pieces of at most this size; 0: no limit
  Bytes largest_tensor;                    ///< operations on a larger tensor run on the CPU; 0: no limit
  bool quantized_views = true;             ///< matrices may be views with gaps into quantized tensors
  bool broadcasts_products = true;         ///< the factors of a product may differ in their last dimension
  std::int64_t flash_attention_multiple = 1;       ///< head sizes that flash attention takes are a multiple of this
  bool flash_attention_same_types = false;         ///< flash attention takes keys and values of one type only
  std::vector<std::string> flash_attention_types;  ///< of keys and values that it takes; empty: any
  std::vector<std::int64_t>
      state_sizes;  ///< d_state that state-space scans (Mamba-2 only) take; empty: any, of any version
  std::vector<std::int64_t> delta_net_head_dims;            ///< head sizes that gated delta nets take; empty: any
  std::vector<FlashAttentionShape> flash_attention_shapes;  ///< empty: any
  double compute_low = 1.0, compute_high = 1.0;  ///< bounds of the compute buffer as shares of the re-played one

  bool operator==(const BackendTraits&) const = default;
};

/// Devices that a backend drives though another one is usual there.
struct DrivenDevices {
  std::string vendor;                ///< maker of the chip; empty: any
  std::vector<DeviceClass> classes;  ///< those of any of these
};

/// A backend of llama.cpp: a row of data/backends.json.
struct Backend {
  std::string name;         ///< "cuda", as --backend takes it
  std::string label;        ///< "CUDA"
  std::string device_name;  ///< what llama.cpp calls its GPUs, with their numbers behind: "CUDA" of CUDA0
  bool is_cpu = false;
  bool measured = false;  ///< its byte counts were checked against real allocations
  std::vector<DrivenDevices> also_drives;
  std::vector<std::string> llama_bench_names;  ///< what llama-bench prints for it, besides its name
  BackendTraits traits;
  std::vector<DriverOverhead> overheads;
  std::optional<DriverLaw> driver;  ///< unset: its overheads are all that is known
};

/// The first overhead row of `backend` that is about `device` (null: none in particular), else the one about any.
/// Throws Error(kUnsupported) when the backend has neither.
const DriverOverhead& driver_overhead(const Backend& backend, const Device* device);

/// The driver's share on `device` (null: none in particular) where a model asks for `demand`: the sum of its parts.
ByteRange driver_share(const Backend& backend, const Device* device, const DriverDemand& demand);

/// Whether `backend` can drive `device`: it is usual there, or its row says so.
bool drives(const Backend& backend, const Device& device);

}  // namespace lfmfit
