#include "core/graph/builder.hpp"

namespace lfmfit::graph {

namespace {

NodeId queries(Builder& b, const LatentAttention& a, NodeId x) {
  Graph& g = b.graph;
  const std::int64_t dim = a.head_dim_nope + a.head_dim_rope;
  NodeId q;
  if (a.q_lora_rank > 0) {
    const NodeId low = b.norm(g.mul_mat(b.weight("attn_q_a.weight"), x), "attn_q_a_norm");
    q = g.mul_mat(b.weight("attn_q_b.weight"), low);
  } else {
    q = g.mul_mat(b.weight("attn_q.weight"), x);
  }
  return g.reshape(q, {dim, a.n_head, b.tokens, 1});
}

// The part without position is multiplied into the latent space, so that keys stay compressed.
NodeId absorbed_queries(Builder& b, const LatentAttention& a, NodeId q) {
  Graph& g = b.graph;
  const Shape nb = g[q].nb;
  const NodeId nope = g.view(q, {a.head_dim_nope, a.n_head, b.tokens, 1}, nb);
  const NodeId pe = g.same(Op::kRope, g.view(q, {a.head_dim_rope, a.n_head, b.tokens, 1}, nb, a.head_dim_nope * 4), {b.positions()});
  const NodeId latent = g.mul_mat(b.weight("attn_k_b.weight"), g.permute(nope, 0, 2, 1, 3));
  return g.concat(g.permute(latent, 0, 2, 1, 3), pe, 0);
}

}  // namespace

NodeId build(Builder& b, const LatentAttention& a, NodeId x) {
  Graph& g = b.graph;
  const std::int64_t cached = a.kv_lora_rank + a.head_dim_rope;
  const NodeId q = queries(b, a, x);
  const NodeId both = g.mul_mat(b.weight("attn_kv_a_mqa.weight"), x);
  const std::int64_t row = cached * 4;
  const NodeId rotary = g.view(both, {a.head_dim_rope, 1, b.tokens, 1}, {4, row, row, row * b.tokens}, a.kv_lora_rank * 4);
  const NodeId k_pe = g.same(Op::kRope, rotary, {b.positions()});
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
  const Shape cells = g[cache].ne;
  const NodeId flat = g.view(k, {cached, b.tokens, 1, 1}, {4, cached * 4, cached * 4 * b.tokens, cached * 4 * b.tokens});
  const NodeId target = cells[2] > 1 ? g.reshape(cache, {cached, cells[1] * cells[2], 1, 1}) : cache;
  g.expand(g.set_rows(target, flat, inputs.k_rows));
  const TensorType& type = b.request.type_k;
  const std::int64_t cell = row_bytes(type, cached).count();
  const Shape strides{type.block_bytes, cell, cell, cell * cells[1]};
  const NodeId keys = g.view(cache, {cached, 1, cells[1], cells[2]}, strides);
  const NodeId values = g.view(keys, {a.kv_lora_rank, 1, cells[1], cells[2]}, strides);
  const NodeId out = attend(b, q_all, keys, values, inputs.mask, kNoNode, b.weight("attn_v_b.weight"), false);
  return g.mul_mat(b.weight("attn_output.weight"), out);
}

}  // namespace lfmfit::graph
