#pragma once

#include <cstddef>

#include "core/llamacpp/graph/fusion.hpp"
#include "core/llamacpp/graph/standing.hpp"
#include "core/llamacpp/graph/window.hpp"

namespace lfmfit::graph {

/// How many nodes from `i` on ggml-metal keeps together when it moves nodes, because kernels may run several of them
/// at once: by its table of fusions where it `protects` them (ggml_metal_fusion_max), before that additions and norms
/// that feed each other (ggml_graph_optimize).
std::size_t pack_size(const Window& window, std::size_t i, bool protects);

/// What the nodes of each sequence that a kernel could replace read lives until its last node
/// (ggml_metal_fusion_add_alloc_deps): it looks at operations alone. In order of execution.
/// `standings` get how far beyond their position it goes on.
KeepAlive inputs_of_packs(const Window& window, std::vector<Standing>& standings);

}  // namespace lfmfit::graph
