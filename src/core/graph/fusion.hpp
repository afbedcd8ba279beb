#pragma once

#include <map>
#include <vector>

#include "core/graph/graph.hpp"

namespace lfmfit::graph {

/// Tensors that must stay alive until a node has run: until -> kept, in the order ggml adds them.
using KeepAlive = std::map<NodeId, std::vector<NodeId>>;

/// The lifetimes that ggml-cuda's fusion of expert routing and of the weighted sum over experts asks for in the nodes
/// order[first, last) (ggml_backend_cuda_graph_optimize). They cost up to 40 % of a mixture's compute buffer.
void keep_fused_inputs(const Graph& graph, std::size_t first, std::size_t last, KeepAlive& keep);

}  // namespace lfmfit::graph
