#include "core/llamacpp/graph/support.hpp"

#include <algorithm>

namespace lfmfit::graph {

namespace {

bool is_among(const std::vector<std::int64_t>& allowed, std::int64_t value) {
  return allowed.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end();
}

bool cache_types_are_supported(const Node& key, const Node& value, const BackendTraits& traits) {
  const std::vector<std::string>& types = traits.flash_attention_types;
  if (traits.flash_attention_same_types && key.type->name != value.type->name) return false;
  return types.empty() || (std::find(types.begin(), types.end(), key.type->name) != types.end() &&
                           std::find(types.begin(), types.end(), value.type->name) != types.end());
}

bool is_small_enough(const Graph& graph, const Node& node, std::int64_t limit) {
  if (byte_count(node) > limit) return false;
  return std::none_of(node.sources.begin(), node.sources.end(),
                      [&](NodeId source) { return source != kNoNode && byte_count(graph[source]) > limit; });
}

bool attention_is_supported(const Graph& graph, const Node& node, const BackendTraits& traits) {
  const Node& q = graph[node.sources[0]];
  const Node& key = graph[node.sources[1]];
  const std::int64_t k = key.ne[0], v = node.ne[0], group = q.ne[2] / key.ne[2];
  if (k % traits.flash_attention_multiple != 0 || v % traits.flash_attention_multiple != 0) return false;
  if (!cache_types_are_supported(key, graph[node.sources[2]], traits)) return false;
  const auto takes = [&](const FlashAttentionShape& shape) {
    return shape.head_dim_k == k && shape.head_dim_v == v && group % shape.group_multiple == 0;
  };
  const std::vector<FlashAttentionShape>& shapes = traits.flash_attention_shapes;
  return shapes.empty() || std::any_of(shapes.begin(), shapes.end(), takes);
}

// Mamba-2 has one number per head in `a`, Mamba one per state.
bool scan_is_supported(const Graph& graph, const Node& node, const BackendTraits& traits) {
  if (traits.state_sizes.empty()) return true;
  const Node& state = graph[node.sources[0]];
  const Node& a = graph[node.sources[3]];
  return a.ne[0] == 1 && state.ne[1] % 16 == 0 && is_among(traits.state_sizes, state.ne[0]);
}

bool product_is_supported(const Node& left, const Node& right, const BackendTraits& traits) {
  if (!traits.broadcasts_products && left.ne[3] != right.ne[3]) return false;
  if (traits.quantized_views || !left.type->quantized) return true;
  const std::int64_t row = left.type->block_bytes * (left.ne[0] / left.type->block_elements);
  return left.nb[1] == row && (left.ne[3] == 1 || left.nb[3] == left.nb[2] * left.ne[2]);
}

}  // namespace

bool only_attention_is_limited(const BackendTraits& traits) {
  return traits.largest_tensor == Bytes() && traits.quantized_views && traits.broadcasts_products &&
         traits.state_sizes.empty() && traits.delta_net_head_dims.empty();
}

bool is_supported(const Graph& graph, const Node& node, const BackendTraits& traits) {
  if (traits.largest_tensor > Bytes() && !is_small_enough(graph, node, traits.largest_tensor.count())) return false;
  switch (node.op) {
    case Op::kFlashAttention: return attention_is_supported(graph, node, traits);
    case Op::kSsmScan: return scan_is_supported(graph, node, traits);
    case Op::kGatedDeltaNet: return is_among(traits.delta_net_head_dims, graph[node.sources[2]].ne[0]);
    case Op::kMulMat: return product_is_supported(graph[node.sources[0]], graph[node.sources[1]], traits);
    default: return true;
  }
}

}  // namespace lfmfit::graph
