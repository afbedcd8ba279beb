// What llama.cpp allocates differently on CUDA, ROCm, Vulkan, Metal and the CPU, and what their drivers take besides.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lfmfit/device.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// What a driver and its libraries take on each GPU besides llama.cpp's own buffers, for one backend and generation.
struct DriverOverhead {
  std::string generation;  ///< "Ada"; empty: any generation of the backend that has no row of its own
  ByteRange bytes;
  std::string source;
};

/// Head sizes that a backend's flash attention takes; the query heads per KV head must be a multiple of
/// `group_multiple`.
struct FlashAttentionShape {
  std::int64_t head_dim_k = 0;
  std::int64_t head_dim_v = 0;
  std::int64_t group_multiple = 1;
};

/// How the compute buffer of a backend differs from the plain rules, besides sizes (see core/graph).
struct BackendTraits {
  std::int64_t alignment = 128;            ///< of every tensor in a buffer, bytes
  std::int64_t row_padding = 0;            ///< quantized rows are padded to a multiple of this many elements; 0: none
  bool flash_attention_scratch = false;    ///< FLASH_ATTN_EXT carries an f16 copy of quantized K and V
  bool fused_experts_keep_inputs = false;  ///< inputs of a fused expert reduction and router stay alive until its end
  bool reorders_nodes = false;             ///< nodes are moved so that they can run at the same time or as one kernel
  bool unified_memory = false;             ///< host and device are one pool: no second copy of tied embeddings
  std::int64_t host_alignment = 32;        ///< of every tensor in the host buffers that go with the backend, bytes
  Bytes largest_buffer;                    ///< compute buffers are made of pieces of at most this size; 0: no limit
  Bytes largest_tensor;                    ///< operations on a larger tensor run on the CPU; 0: no limit
  bool quantized_views = true;             ///< matrices may be views with gaps into quantized tensors
  std::int64_t flash_attention_multiple = 1;  ///< head sizes that flash attention takes are a multiple of this
  std::vector<std::int64_t>
      state_sizes;  ///< d_state that state-space scans (Mamba-2 only) take; empty: any, of any version
  std::vector<std::int64_t> delta_net_head_dims;            ///< head sizes that gated delta nets take; empty: any
  std::vector<FlashAttentionShape> flash_attention_shapes;  ///< empty: any
  double compute_low = 1.0, compute_high = 1.0;  ///< bounds of the compute buffer as shares of the re-played one
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
};

/// The overhead row for `generation` of `backend`: its own, else the backend's default.
/// Throws Error(kUnsupported) when the backend has neither.
const DriverOverhead& driver_overhead(const Backend& backend, const std::string& generation);

/// Whether `backend` can drive `device`: it is usual there, or its row says so.
bool drives(const Backend& backend, const Device& device);

}  // namespace lfmfit
