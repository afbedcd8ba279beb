#pragma once

#include <vector>

#include "core/llamacpp/graph/allocate.hpp"
#include "core/llamacpp/graph/graph.hpp"

namespace lfmfit::graph {

/// One backend as the scheduler sees it. The CPU is the last of the list and runs everything.
struct SchedulerBackend {
  BufferRules rules;
  bool keeps_fused_inputs = false;   ///< inputs of fused expert nodes live until the last fused node (CUDA)
  bool joins_shared_expert = false;  ///< a shared expert like the routed ones runs right beside them (CUDA)
  bool reorders_nodes = false;       ///< nodes are moved before memory is planned (Vulkan)
  bool runs_nodes_ahead = false;     ///< nodes that wait for nothing are moved ahead (Metal)
  bool protects_fusions = true;      ///< with either: as Release::protects_fusions
  bool reads_host = false;           ///< it looks up in, and computes with, what lies in host buffers (reads_in_place)
  std::vector<NodeId> unsupported;   ///< nodes it cannot run, ascending

  bool moves_nodes() const { return reorders_nodes || runs_nodes_ahead; }
};

struct SchedulerOptions {
  bool op_offload = true;             ///< big batches run on the GPU although the weight is in host memory
  int copies = 1;                     ///< 4 with pipeline parallelism over several GPUs
  bool copies_unused_inputs = false;  ///< of the pipeline, too
};

/// Whether `node` can run on the backend with the number `reader` and read its `source` in the buffer of the one with
/// the number `place`, without a copy: its own, or the host's, of which matrices are in an order of the CPU's.
inline bool reads_in_place(const std::vector<SchedulerBackend>& backends, int reader, const Node& node, int place,
                           const Node& source) {
  if (place == reader) return true;
  const bool on_host = place + 1 == static_cast<int>(backends.size());
  if (!on_host || !backends[static_cast<std::size_t>(reader)].reads_host) return false;
  return source.storage == Storage::kCompute || (source.storage == Storage::kWeights && node.op == Op::kGetRows);
}

/// Re-plays ggml_backend_sched (ggml-backend.cpp): gives every node a backend, cuts the graph into splits, copies what
/// a split needs from elsewhere, and plans the compute buffer of each backend. `repeats`: patterns in graph.order of
/// which some repeats were left out; the result counts as settled only where these would have been assigned, cut and
/// allocated as those that were built. `graph` is changed: sources of copied tensors are redirected to the copies.
Allocation schedule(Graph& graph, const std::vector<SchedulerBackend>& backends, const SchedulerOptions& options,
                    const std::vector<Repeat>& repeats);

/// The backend of each node by id after the scheduler's assignment, without cutting or allocating.
struct Assignment {
  std::vector<int> backends;
  bool settled = true;  ///< repeats that were left out would have been assigned as the third and fourth
};

Assignment assign_backends(const Graph& graph, const std::vector<SchedulerBackend>& backends,
                           const SchedulerOptions& options, const std::vector<Repeat>& repeats);

}  // namespace lfmfit::graph
