#pragma once

#include "core/llamacpp/graph/graph.hpp"
#include "lfmfit/backend.hpp"

namespace lfmfit::graph {

/// True if a backend with these traits can run `node`; otherwise the CPU does.
bool is_supported(const Graph& graph, const Node& node, const BackendTraits& traits);

/// True if these traits rule out no operation but some forms of flash attention.
bool only_attention_is_limited(const BackendTraits& traits);

}  // namespace lfmfit::graph
