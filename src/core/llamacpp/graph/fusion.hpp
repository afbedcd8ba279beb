#pragma once

#include <cstddef>
#include <vector>

#include "core/llamacpp/graph/graph.hpp"

namespace lfmfit::graph {

/// Tensors that must stay alive until a node has run, in the order ggml adds them.
struct Kept {
  NodeId until = kNoNode;
  std::vector<NodeId> tensors;
};
using KeepAlive = std::vector<Kept>;  ///< in order of execution

/// How often each node, by id, is a source of another.
std::vector<int> count_uses(const Graph& graph);

/// Moves a shared expert's gate, up and GLU in the nodes order[first, last) to right behind the GLU of the routed
/// experts where both are as wide and its weights are quantized, so that one kernel runs both
/// (ggml_backend_cuda_graph_optimize of v0.7.0). The input lives until the GLU has run: appended to `keep`.
void join_shared_experts(Graph& graph, std::size_t first, std::size_t last, KeepAlive& keep);

/// The lifetimes that ggml-cuda's fusion of expert routing and of the weighted sum over experts asks for in the nodes
/// order[first, last) (ggml_backend_cuda_graph_optimize), appended to `keep`; `uses` as of count_uses. They cost up to
/// 40 % of a mixture's compute buffer.
void keep_fused_inputs(const Graph& graph, std::size_t first, std::size_t last, const std::vector<int>& uses,
                       KeepAlive& keep);

}  // namespace lfmfit::graph
