#include "core/llamacpp/graph/builder.hpp"

namespace lfmfit::graph {

namespace {

// x in the compressed space, or x itself.
NodeId low_queries(Builder& b, const LatentAttention& a, NodeId x) {
  return a.q_lora_rank > 0 ? b.norm(b.graph.mul_mat(b.weight("attn_q_a.weight"), x), "attn_q_a_norm") : x;
}

NodeId queries(Builder& b, const LatentAttention& a, NodeId low) {
  const NodeId q = b.graph.mul_mat(b.weight(a.q_lora_rank > 0 ? "attn_q_b.weight" : "attn_q.weight"), low);
  // a node that moves nothing, but counts where Vulkan looks so many nodes ahead; src/models/deepseek32.cpp has none
  if (a.indexer_heads > 0 || a.shares_indexer) return q;
  return b.graph.reshape(q, {a.head_dim_nope + a.head_dim_rope, a.n_head, b.tokens, 1});
}

NodeId rotated(Builder& b, const LatentAttention& a, NodeId x) {
  return a.rope ? b.graph.same(Op::kRope, x, {b.positions()}) : x;
}

// The part without position is multiplied into the latent space, so that keys stay compressed.
NodeId absorbed_queries(Builder& b, const LatentAttention& a, NodeId q) {
  Graph& g = b.graph;
  const std::int64_t head = (a.head_dim_nope + a.head_dim_rope) * 4, row = head * a.n_head;
  const Shape nb{4, head, row, row * b.tokens};
  const NodeId nope = g.view(q, {a.head_dim_nope, a.n_head, b.tokens, 1}, nb);
  const NodeId pe = rotated(b, a, g.view(q, {a.head_dim_rope, a.n_head, b.tokens, 1}, nb, a.head_dim_nope * 4));
  const NodeId latent = g.mul_mat(b.weight("attn_k_b.weight"), g.permute(nope, 0, 2, 1, 3));
  return g.concat(g.permute(latent, 0, 2, 1, 3), pe, 0);
}

}  // namespace

NodeId build(Builder& b, const LatentAttention& a, NodeId x) {
  Graph& g = b.graph;
  const std::int64_t cached = a.kv_lora_rank + a.head_dim_rope;
  const NodeId low = low_queries(b, a, x);
  if (a.indexer_heads > 0) b.chosen_cells = choose_cells(b, a, x, low);
  const NodeId chosen = a.indexer_heads > 0 || a.shares_indexer ? b.chosen_cells : kNoNode;
  const NodeId q = queries(b, a, low);
  const NodeId both = g.mul_mat(b.weight("attn_kv_a_mqa.weight"), x);
  const std::int64_t row = cached * 4;
  const NodeId rotary =
      g.view(both, {a.head_dim_rope, 1, b.tokens, 1}, {4, row, row, row * b.tokens}, a.kv_lora_rank * 4);
  const NodeId k_pe = rotated(b, a, rotary);
  NodeId latent = g.view(both, {a.kv_lora_rank, b.tokens, 1, 1}, {4, row, row * b.tokens, row * b.tokens});
  latent = b.norm(latent, "attn_kv_a_norm");
  const NodeId q_all = absorbed_queries(b, a, q);
  const NodeId v = g.reshape(latent, {a.kv_lora_rank, 1, b.tokens, 1});
  const NodeId k = g.concat(v, k_pe, 0);
  g.expand(q_all);
  g.expand(v);
  g.expand(k);

  CacheInputs& inputs = b.cache(false);
  const NodeId cache = b.cache_tensor(b.request.type_k, cached, inputs.cells);
  g.expand(store_rows(b, cache, k, inputs.k_rows));
  const NodeId keys = read_rows(b, cache, cached, 1);
  const NodeId values = g.view(keys, {a.kv_lora_rank, 1, g[keys].ne[2], g[keys].ne[3]}, Shape(g[keys].nb));
  const NodeId mask = chosen == kNoNode ? inputs.mask : hide_other_cells(b, inputs.mask, chosen);
  const NodeId out = attend(b, q_all, keys, values, mask, kNoNode, b.weight("attn_v_b.weight"), false);
  return g.mul_mat(b.weight("attn_output.weight"), out);
}

}  // namespace lfmfit::graph
