#include "core/llamacpp/graph/builder.hpp"

namespace lfmfit::graph {

namespace {

struct Heads {
  NodeId q, k, v;
};

// [head_dim, heads, tokens] as a view into columns of a wider tensor.
NodeId head_view(Builder& b, NodeId all, std::int64_t dim, std::int64_t heads, std::int64_t first_column) {
  const Shape nb = b.graph[all].nb;
  return b.graph.view(all, {dim, heads, b.tokens, 1}, {4, dim * 4, nb[1], nb[1] * b.tokens}, first_column * 4);
}

Heads project(Builder& b, const Attention& a, NodeId x) {
  Graph& g = b.graph;
  const std::int64_t q_width = a.n_head * a.head_dim_k;
  const std::int64_t k_width = a.n_head_kv * a.head_dim_k;
  if (a.fused_qkv) {
    const NodeId all = b.linear("attn_qkv", x);
    return {head_view(b, all, a.head_dim_k, a.n_head, 0), head_view(b, all, a.head_dim_k, a.n_head_kv, q_width),
            head_view(b, all, a.head_dim_v, a.n_head_kv, q_width + k_width)};
  }
  const bool whole = a.qk_norm == QkNorm::kWhole;
  NodeId q = b.linear("attn_q", x);
  if (a.shares_cache_of) return {g.reshape(q, {a.head_dim_k, a.n_head, b.tokens, 1}), kNoNode, kNoNode};
  NodeId k = b.linear("attn_k", x);
  const NodeId v = a.values_are_keys ? k : b.linear("attn_v", x);
  if (whole) {
    q = b.norm(q, "attn_q_norm");
    k = b.norm(k, "attn_k_norm");
  }
  return {g.reshape(q, {a.head_dim_k, a.n_head, b.tokens, 1}), g.reshape(k, {a.head_dim_k, a.n_head_kv, b.tokens, 1}),
          g.reshape(v, {a.head_dim_v, a.n_head_kv, b.tokens, 1})};
}

NodeId rope(Builder& b, const Attention& a, NodeId x) {
  if (x == kNoNode) return x;
  NodeId factors = kNoNode;
  if (a.rope_factors) {
    factors = b.find_global("rope_freqs.weight");
    // factors for short and long contexts have the same size; which of them is read changes no byte
    if (factors == kNoNode) factors = b.find_global("rope_factors_short.weight");
  }
  return b.graph.same(Op::kRope, x, {b.positions(), factors});
}

NodeId normalize(Builder& b, const Attention& a, NodeId x, std::string_view name) {
  if (x == kNoNode) return x;
  return a.qk_norm_weights ? b.norm(x, name) : b.norm_without_weight(x);
}

void normalize_and_rotate(Builder& b, const Attention& a, Heads& heads) {
  const bool per_head = a.qk_norm == QkNorm::kPerHead;
  if (per_head && !a.qk_norm_after_rope) {
    heads.q = normalize(b, a, heads.q, "attn_q_norm");
    heads.k = normalize(b, a, heads.k, "attn_k_norm");
  }
  if (a.rope) {
    heads.q = rope(b, a, heads.q);
    heads.k = rope(b, a, heads.k);
  }
  if (per_head && a.qk_norm_after_rope) {
    heads.q = normalize(b, a, heads.q, "attn_q_norm");
    heads.k = normalize(b, a, heads.k, "attn_k_norm");
  }
  if (a.v_norm && heads.v != kNoNode) heads.v = b.norm_without_weight(heads.v);
  if (a.temperature) heads.q = b.graph.mul(heads.q, b.query_scale());
  if (a.scale_q) heads.q = b.graph.scale(heads.q);
}

// Quantized caches hold keys and values rotated by a Hadamard matrix, which spreads outliers.
NodeId rotate(Builder& b, NodeId x, NodeId rotation) {
  if (rotation == kNoNode) return x;
  Graph& g = b.graph;
  const std::int64_t n = g[rotation].ne[0];
  const Shape ne = g[x].ne;
  const Shape flat{n, element_count(ne) / n, 1, 1};
  const NodeId dense = is_contiguous(g[x]) ? g.reshape(x, flat) : g.cont(x, flat);
  return g.reshape(g.mul_mat(rotation, dense), ne);
}

// Without flash attention the value cache is transposed and written element by element.
NodeId store_transposed(Builder& b, NodeId cache, NodeId values, NodeId rows) {
  Graph& g = b.graph;
  const Shape ne = g[values].ne;
  const std::int64_t width = ne[0] * ne[1];
  const bool dense = g[values].nb[2] == width * 4;
  NodeId flat = dense ? g.reshape(values, {width, ne[2], 1, 1}) : g.cont(values, {width, ne[2], 1, 1});
  if (width < g[cache].ne[0]) flat = g.apply(Op::kPad, kF32, {g[cache].ne[0], ne[2], 1, 1}, {flat});
  const NodeId target = g.reshape(cache, {1, element_count(g[cache].ne), 1, 1});
  return g.set_rows(target, g.reshape(flat, {1, element_count(g[flat].ne), 1, 1}), rows);
}

NodeId read_values_transposed(Builder& b, NodeId cache, std::int64_t dim, std::int64_t heads) {
  Graph& g = b.graph;
  const Shape cells = g[cache].ne;
  const std::int64_t size = g[cache].type->block_bytes;
  return g.view(cache, {cells[1], heads, dim, cells[2]},
                {size, cells[1] * dim * size, cells[1] * size, cells[1] * cells[0] * size});
}

struct Caches {
  NodeId k, v;
};

Caches caches_of(Builder& b, const Attention& a, std::int64_t cells) {
  std::int64_t v_width = a.n_head_kv * a.head_dim_v;
  if (b.request.scene.values_transposed) {
    // transposed caches of all layers have the width of the widest
    for (const Block& block : b.model.blocks) {
      if (const auto* other = std::get_if<Attention>(&block.mixer))
        v_width = std::max(v_width, other->n_head_kv * other->head_dim_v);
    }
  }
  return {b.cache_tensor(b.request.type_k, a.n_head_kv * a.head_dim_k, cells),
          b.cache_tensor(b.request.type_v, v_width, cells)};
}

void write_caches(Builder& b, const Heads& heads, const Caches& caches, const CacheInputs& inputs) {
  b.graph.expand(store_rows(b, caches.k, heads.k, inputs.k_rows));
  b.graph.expand(b.request.scene.values_transposed ? store_transposed(b, caches.v, heads.v, inputs.v_rows)
                                                   : store_rows(b, caches.v, heads.v, inputs.v_rows));
}

NodeId attend_with_cache(Builder& b, const Attention& a, Heads heads) {
  Graph& g = b.graph;
  CacheInputs& inputs = b.cache(a.sliding);
  heads.q = rotate(b, heads.q, inputs.k_rotation);
  if (!a.shares_cache_of) {
    heads.k = rotate(b, heads.k, inputs.k_rotation);
    heads.v = rotate(b, heads.v, inputs.v_rotation);
  }
  g.expand(heads.q);
  if (!a.shares_cache_of) {
    // the order in which llama.cpp expands keys and values differs between its caches
    g.expand(b.has_sliding_cache() ? heads.k : heads.v);
    g.expand(b.has_sliding_cache() ? heads.v : heads.k);
  }
  const int own_layer = b.layer;
  if (a.shares_cache_of) b.layer = *a.shares_cache_of;
  const Caches caches = caches_of(b, a, inputs.cells);
  b.layer = own_layer;
  if (!a.shares_cache_of) write_caches(b, heads, caches, inputs);
  const NodeId k = read_rows(b, caches.k, a.head_dim_k, a.n_head_kv);
  const NodeId v = b.request.scene.values_transposed ? read_values_transposed(b, caches.v, a.head_dim_v, a.n_head_kv)
                                                     : read_rows(b, caches.v, a.head_dim_v, a.n_head_kv);
  const NodeId sinks = a.sinks ? b.weight("attn_sinks.weight") : kNoNode;
  const NodeId out = attend(b, heads.q, k, v, inputs.mask, sinks, kNoNode, a.logit_softcap);
  return rotate(b, out, inputs.v_rotation);
}

NodeId pad_tokens(Builder& b, NodeId x) {
  if (!b.request.release.pads_encoder_keys) return x;
  Shape shape = b.graph[x].ne;
  shape[2] = b.padded_keys();
  return b.graph.apply(Op::kPad, kF32, shape, {x});
}

NodeId attend_without_cache(Builder& b, const Attention& a, const Heads& heads) {
  b.graph.expand(heads.q);
  b.graph.expand(heads.k);
  b.graph.expand(heads.v);
  return attend(b, heads.q, pad_tokens(b, heads.k), pad_tokens(b, heads.v), b.encoder_mask(a.sliding), kNoNode, kNoNode,
                a.logit_softcap);
}

// Qwen3-Next's attn_q yields queries and gates interleaved by head.
NodeId gated(Builder& b, const Attention& a, NodeId x) {
  Graph& g = b.graph;
  const std::int64_t dim = a.head_dim_k;
  const NodeId both = g.mul_mat(b.weight("attn_q.weight"), x);
  const std::int64_t row = g[both].nb[1];
  const Shape nb{4, 2 * dim * 4, row, row * b.tokens};
  NodeId q = b.norm(g.view(both, {dim, a.n_head, b.tokens, 1}, nb), "attn_q_norm");
  NodeId k = g.reshape(g.mul_mat(b.weight("attn_k.weight"), x), {dim, a.n_head_kv, b.tokens, 1});
  const NodeId v = g.reshape(g.mul_mat(b.weight("attn_v.weight"), x), {a.head_dim_v, a.n_head_kv, b.tokens, 1});
  k = b.norm(k, "attn_k_norm");
  const NodeId gate = g.cont(g.view(both, {dim, a.n_head, b.tokens, 1}, nb, dim * 4), {dim * a.n_head, b.tokens, 1, 1});
  q = rope(b, a, q);
  k = rope(b, a, k);
  const NodeId out = attend_with_cache(b, a, {q, k, v});
  return g.mul(out, g.unary(gate));
}

// A sigmoid gate for each head, from a small matrix of its own (src/models/step35.cpp).
NodeId gate_heads(Builder& b, const Attention& a, NodeId x, NodeId out) {
  Graph& g = b.graph;
  const NodeId gate = g.unary(g.mul_mat(b.weight("attn_gate.weight"), x));
  const NodeId heads = g.reshape(out, {a.head_dim_v, a.n_head, b.tokens, 1});
  return g.reshape(g.mul(heads, g.reshape(gate, {1, a.n_head, b.tokens, 1})), g[out].ne);
}

}  // namespace

NodeId store_rows(Builder& b, NodeId cache, NodeId values, NodeId rows) {
  Graph& g = b.graph;
  const Shape ne = g[values].ne;
  const std::int64_t width = ne[0] * ne[1];
  const Shape nb = g[values].nb;
  const NodeId flat = g.view(values, {width, ne[2], 1, 1}, {nb[0], nb[2], nb[2] * ne[2], nb[2] * ne[2]});
  const Shape cells = g[cache].ne;
  const NodeId target = cells[2] > 1 ? g.reshape(cache, {width, cells[1] * cells[2], 1, 1}) : cache;
  return g.set_rows(target, flat, rows);
}

NodeId read_rows(Builder& b, NodeId cache, std::int64_t dim, std::int64_t heads) {
  Graph& g = b.graph;
  const Shape cells = g[cache].ne;
  const TensorType& type = *g[cache].type;
  const std::int64_t head = row_bytes(type, dim).count(), cell = row_bytes(type, cells[0]).count();
  return g.view(cache, {dim, heads, cells[1], cells[2]}, {type.block_bytes, head, cell, cell * cells[1]});
}

NodeId attend(Builder& b, NodeId q, NodeId k, NodeId v, NodeId mask, NodeId sinks, NodeId values_up, bool softcap) {
  Graph& g = b.graph;
  const std::int64_t streams = g[k].ne[3];
  const Shape ne = g[q].ne, nb = g[q].nb;
  const bool transposed = g[v].nb[1] > g[v].nb[2];
  q = g.permute(g.view(q, {ne[0], ne[1], ne[2] / streams, streams}, {nb[0], nb[1], nb[2], nb[3] / streams}), 0, 2, 1,
                3);
  k = g.permute(k, 0, 2, 1, 3);
  v = g.permute(v, 0, 2, 1, 3);
  NodeId out;
  if (b.request.scene.flash_attention) {
    if (transposed) v = g.transpose(v);
    if (g[k].type == &kF32) k = g.cast(k, kF16);
    if (g[v].type == &kF32) v = g.cast(v, kF16);
    out = g.apply(Op::kFlashAttention, kF32, {g[v].ne[0], g[q].ne[2], g[q].ne[1], g[q].ne[3]}, {q, k, v, mask, sinks});
    b.attention_nodes.push_back(out);
    b.attention_layers.push_back(b.layer);
    if (values_up != kNoNode) {
      out = g.mul_mat(values_up, g.permute(out, 0, 2, 1, 3));
      out = g.cont(g.permute(out, 0, 2, 1, 3));
    }
    const Shape o = g[out].ne;
    out = g.reshape(out, {o[0] * o[1], o[2] * o[3], 1, 1});
  } else {
    NodeId scores = g.mul_mat(k, q);
    if (softcap) scores = g.scale(g.unary(g.scale(scores)));
    scores = g.same(Op::kSoftMax, scores, {mask, sinks});
    if (!transposed) v = g.cont(g.transpose(v));
    out = g.mul_mat(v, scores);
    if (values_up != kNoNode) out = g.mul_mat(values_up, out);
    out = g.permute(out, 0, 2, 1, 3);
    const Shape o = g[out].ne;
    out = g.cont(out, {o[0] * o[1], o[2] * o[3], 1, 1});
    // llama.cpp pins this end of attention where its caches are kept from the GPU
    const Placement& placement = b.request.placement;
    if (!placement.offload_kqv) g[out].place = static_cast<std::int8_t>(placement.host());
  }
  g.expand(out);
  return out;
}

NodeId build(Builder& b, const Attention& a, NodeId x) {
  NodeId out;
  if (a.output_gate) {
    out = gated(b, a, x);
  } else {
    Heads heads = project(b, a, x);
    normalize_and_rotate(b, a, heads);
    out = a.cached ? attend_with_cache(b, a, heads) : attend_without_cache(b, a, heads);
    if (a.head_gate) out = gate_heads(b, a, x, out);
  }
  return b.linear("attn_output", out);
}

}  // namespace lfmfit::graph
