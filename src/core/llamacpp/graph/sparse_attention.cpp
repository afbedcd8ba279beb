#include <algorithm>

#include "core/llamacpp/graph/builder.hpp"

// DeepSeek's sparse attention (src/models/deepseek32.cpp): an indexer with a cache of its own scores every cell.
namespace lfmfit::graph {

namespace {

NodeId index_keys(Builder& b, const LatentAttention& a, NodeId x, NodeId rotation) {
  Graph& g = b.graph;
  const NodeId flat =
      b.norm(g.mul_mat(b.weight("indexer.attn_k.weight"), x), "indexer.k_norm", NormKind::kLayerWithBias);
  const NodeId keys = g.reshape(flat, {a.indexer_head_dim, 1, b.tokens, 1});
  return g.mul_mat(rotation, g.same(Op::kRope, keys, {b.positions()}));
}

NodeId index_queries(Builder& b, const LatentAttention& a, NodeId low, NodeId rotation) {
  Graph& g = b.graph;
  const Shape ne{a.indexer_head_dim, a.indexer_heads, b.tokens, 1};
  const NodeId queries = g.reshape(g.mul_mat(b.weight("indexer.attn_q_b.weight"), low), ne);
  return g.mul_mat(rotation, g.same(Op::kRope, queries, {b.positions()}));
}

}  // namespace

NodeId choose_cells(Builder& b, const LatentAttention& a, NodeId x, NodeId low_queries) {
  Graph& g = b.graph;
  CacheInputs& inputs = b.index_cache(a.indexer_head_dim);
  const NodeId all_queries = index_queries(b, a, low_queries, inputs.k_rotation);
  const NodeId new_keys = index_keys(b, a, x, inputs.k_rotation);
  const NodeId cache = b.cache_tensor(b.request.type_k, a.indexer_head_dim, inputs.cells);
  g.expand(store_rows(b, cache, new_keys, inputs.k_rows));
  const NodeId all_weights = g.mul_mat(b.weight("indexer.proj.weight"), x);
  const NodeId keys = read_rows(b, cache, a.indexer_head_dim, 1);
  const std::int64_t streams = g[keys].ne[3], per_stream = b.tokens / streams;
  const Shape qnb = g[all_queries].nb, wnb = g[all_weights].nb;
  const NodeId queries = g.view(all_queries, {a.indexer_head_dim, a.indexer_heads, per_stream, streams},
                                {qnb[0], qnb[1], qnb[2], qnb[3] / streams});
  const NodeId weights = g.scale(g.view(all_weights, {a.indexer_heads, per_stream, 1, streams},
                                        {wnb[0], wnb[1], wnb[2] / streams, wnb[3] / streams}));
  const NodeId scores = g.apply(Op::kLightningIndexer, kF32, {inputs.cells, per_stream, 1, streams},
                                {queries, keys, weights, inputs.mask});
  const std::int64_t count = std::min(inputs.cells, a.indexer_top_k);
  return g.cont(g.apply(Op::kTopK, kI32, {count, per_stream, 1, streams}, {scores}));
}

NodeId hide_other_cells(Builder& b, NodeId mask, NodeId chosen) {
  Graph& g = b.graph;
  const Shape ne = g[mask].ne, nb = g[mask].nb, cne = g[chosen].ne, cnb = g[chosen].nb;
  // as rows of one element, so that writing rows reveals single cells
  const NodeId hidden = g.view(g.same(Op::kFill, mask), {1, ne[0], ne[1], ne[3]}, {nb[0], nb[0], nb[1], nb[2]});
  const NodeId rows = g.view(chosen, {cne[0], cne[1], cne[3], 1}, {cnb[0], cnb[1], cnb[2], cne[3] * cnb[3]});
  const NodeId zeros = g.same(Op::kFill, g.make(kF32, {1, cne[0], cne[1], cne[3]}));
  const NodeId revealed = g.set_rows(hidden, zeros, rows);
  return g.add(g.view(revealed, ne, {nb[0], nb[1], nb[2], nb[2]}), mask);
}

}  // namespace lfmfit::graph
