#pragma once

#include <cstddef>
#include <vector>

#include "core/llamacpp/graph/fusion.hpp"
#include "core/llamacpp/graph/graph.hpp"

namespace lfmfit::graph {

/// Moves the nodes order[first, last) as ggml-metal does before memory is planned (ggml_graph_optimize): a node that
/// waits for none of those before it runs together with the last ones that were placed. `uses` as of count_uses. With
/// `protects` as builds do since 0.5.0: nodes are packed by a table of fusions, whose inputs live until their end;
/// these are appended to `keep`.
void run_ahead(Graph& graph, std::size_t first, std::size_t last, const std::vector<int>& uses, bool protects,
               KeepAlive& keep);

}  // namespace lfmfit::graph
