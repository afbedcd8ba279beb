#include "core/llamacpp/graph/builder.hpp"

namespace lfmfit::graph {

NodeId per_layer_rows(Builder& b) {
  const NodeId ids = b.graph.input(kI32, {b.tokens, 1, 1, 1});
  return b.graph.get_rows(b.find_global("per_layer_token_embd.weight"), ids);
}

// Rows of all layers are looked up at once, on the host; the projection runs where the first layer lies.
void build_per_layer_inputs(Builder& b, NodeId x, NodeId rows) {
  Graph& g = b.graph;
  const auto layers = static_cast<std::int64_t>(b.model.blocks.size());
  const std::int64_t length = b.model.blocks.front().n_embd_per_layer;
  const Shape shape{length, layers, b.tokens, 1};
  const bool is_early = rows != kNoNode;
  if (!is_early) rows = per_layer_rows(b);
  const NodeId selected = is_early ? g.reshape(g.scale(rows), shape) : g.scale(g.reshape(rows, shape));
  if (!is_early) g.expand(selected);
  const NodeId projected = g.reshape(g.scale(g.mul_mat(b.find_global("per_layer_model_proj.weight"), x)), shape);
  const NodeId sum = g.add(b.norm(projected, "per_layer_proj_norm"), selected);
  b.per_layer_inputs = g.cont(g.permute(g.scale(sum), 0, 2, 1, 3), {length, b.tokens, layers, 1});
}

NodeId gated_per_layer_input(Builder& b, NodeId x) {
  Graph& g = b.graph;
  const NodeId gate = g.unary(g.mul_mat(b.weight("inp_gate.weight"), x));
  const Shape ne{g[b.per_layer_inputs].ne[0], b.tokens, 1, 1};
  const std::int64_t bytes = ne[0] * ne[1] * 4;
  NodeId own = g.view(b.per_layer_inputs, ne, {4, ne[0] * 4, bytes, bytes}, b.layer * bytes);
  if (b.is_last_layer() && b.output_rows_moment() == OutputRows::kInLastLayer) own = g.get_rows(own, b.output_rows());
  return b.norm(g.mul_mat(b.weight("proj.weight"), g.mul(gate, own)), "post_norm");
}

}  // namespace lfmfit::graph
