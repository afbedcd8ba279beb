#pragma once

#include <cstddef>
#include <vector>

#include "core/llamacpp/graph/fusion.hpp"
#include "core/llamacpp/graph/graph.hpp"
#include "core/llamacpp/graph/standing.hpp"

namespace lfmfit::graph {

/// Moves the nodes order[first, last) as ggml-vulkan does before it plans memory (ggml_vk_graph_optimize), so that
/// nodes that do not depend on each other follow each other and those that one kernel replaces stay together; and
/// appends the inputs of fused expert routing, which live until its end, to `keep`. `uses` as of count_uses. Without
/// `protects` as builds did before 0.5.0: fewer fusions, no lifetimes, and views of one tensor pass each other.
/// `standings` are filled in.
void reorder_nodes(Graph& graph, std::size_t first, std::size_t last, const std::vector<int>& uses, bool protects,
                   KeepAlive& keep, std::vector<Standing>& standings);

}  // namespace lfmfit::graph
