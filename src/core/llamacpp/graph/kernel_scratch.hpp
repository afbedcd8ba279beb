#pragma once

#include <cstdint>

#include "core/llamacpp/graph/graph.hpp"

namespace lfmfit::graph {

/// The bytes that ggml-metal reserves behind the result of `node` for its kernels (the ggml_metal_op_*_extra_*
/// functions): what flash attention pads, skips and adds up, where the tokens of each expert are, sorted copies. With
/// `copies_caches` flash attention has room for keys and values as F16, whatever their type (pull request 27390).
std::int64_t kernel_scratch(const Graph& graph, const Node& node, bool copies_caches);

}  // namespace lfmfit::graph
