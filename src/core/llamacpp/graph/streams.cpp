#include "core/llamacpp/graph/builder.hpp"

// Alternating updates of several streams of the hidden state and a learned residual (src/models/gemma3n.cpp). A layer
// computes the first stream; the others are predicted from it and corrected afterwards.
namespace lfmfit::graph {

namespace {

std::int64_t stream_bytes(const Builder& b) { return b.model.n_embd * b.tokens * 4; }

NodeId stream(Builder& b, NodeId streams, std::int64_t i) {
  return b.graph.view(streams, {b.model.n_embd, b.tokens, 1, 1},
                      {4, b.model.n_embd * 4, stream_bytes(b), stream_bytes(b)}, i * stream_bytes(b));
}

NodeId all_but_first(Builder& b, NodeId streams) {
  const Shape ne = b.graph[streams].ne, nb = b.graph[streams].nb;
  return b.graph.view(streams, {ne[0], ne[1], ne[2] - 1, 1}, {nb[0], nb[1], nb[2], nb[2] * (ne[2] - 1)},
                      stream_bytes(b));
}

NodeId magnitude(Graph& g, NodeId x) { return g.same(Op::kSqrt, g.sum_rows(g.same(Op::kSqr, x))); }

NodeId with_magnitude(Graph& g, NodeId x, NodeId target) {
  const NodeId scaled = g.mul(x, target);
  return g.same(Op::kDiv, scaled, {magnitude(g, x)});
}

// How much of each stream a token wants, [streams, tokens].
NodeId modalities(Builder& b, NodeId x) {
  Graph& g = b.graph;
  const NodeId scaled = g.scale(b.norm(x, "altup_router_norm"));
  return g.unary(g.mul_mat(b.weight("altup_router.weight"), scaled));
}

NodeId predict(Builder& b, NodeId streams) {
  Graph& g = b.graph;
  const std::int64_t n = g[streams].ne[2];
  const NodeId wanted = modalities(b, stream(b, streams, 0));
  const NodeId coefficients = g.reshape(g.mul_mat(b.weight("altup_predict_coef.weight"), wanted), {n, n, b.tokens, 1});
  const NodeId mixed = g.mul_mat(g.cont(g.permute(streams, 1, 2, 0, 3)), coefficients);
  return g.add(g.cont(g.permute(mixed, 0, 2, 1, 3)), streams);
}

NodeId correct(Builder& b, NodeId predictions, NodeId computed) {
  Graph& g = b.graph;
  const Shape ne = g[predictions].ne;
  const NodeId wanted = modalities(b, computed);
  const NodeId innovation = g.repeat(g.same(Op::kSub, computed, {stream(b, predictions, 0)}), ne);
  const NodeId coefficients = g.scale(g.mul_mat(b.weight("altup_correct_coef.weight"), wanted));
  const NodeId shares = g.cont(g.transpose(coefficients), {1, b.tokens, ne[2], 1});
  return g.add(g.mul(innovation, shares), predictions);
}

NodeId learned_residual(Builder& b, NodeId x) {
  Graph& g = b.graph;
  const NodeId low = g.mul_mat(b.weight("laurel_l.weight"), x);
  return g.add(b.norm(g.mul_mat(b.weight("laurel_r.weight"), low), "laurel_post_norm"), x);
}

}  // namespace

NodeId split_streams(Builder& b, NodeId x) {
  Graph& g = b.graph;
  const Shape ne{b.model.n_embd, b.tokens, b.model.blocks.front().n_altup - 1, 1};
  const NodeId others = g.mul_mat(b.find_global("altup_proj.weight"), g.repeat(x, ne));
  return g.concat(x, with_magnitude(g, others, magnitude(g, x)), 2);
}

NodeId build_streams_layer(Builder& b, const Block& block, NodeId streams) {
  Graph& g = b.graph;
  const NodeId predictions = predict(b, streams);
  const NodeId active = stream(b, predictions, 0);
  const NodeId normalized = b.norm(active, "attn_norm");
  const NodeId laurel = learned_residual(b, normalized);
  const NodeId mixed = b.norm(build_mixer(b, block.mixer, normalized), "post_attention_norm");
  const NodeId sum = g.scale(g.add(g.add(mixed, active), laurel));
  const NodeId fed = b.norm(build_feed_forward(b, block.feed_forward, b.norm(sum, "ffn_norm")), "post_ffw_norm");
  const NodeId corrected = correct(b, predictions, g.add(fed, sum));
  const NodeId first = stream(b, corrected, 0);
  const NodeId scaled = g.mul(stream(b, corrected, 0), b.weight("altup_correct_scale.weight"));
  return g.concat(first, g.add(all_but_first(b, corrected), gated_per_layer_input(b, scaled)), 2);
}

NodeId merge_streams(Builder& b, NodeId streams) {
  Graph& g = b.graph;
  const NodeId target = magnitude(g, stream(b, streams, 0));
  const NodeId others =
      with_magnitude(g, g.mul_mat(b.find_global("altup_unembd_proj.weight"), all_but_first(b, streams)), target);
  NodeId sum = stream(b, streams, 0);
  for (std::int64_t i = 0; i + 1 < g[streams].ne[2]; ++i) sum = g.add(sum, stream(b, others, i));
  return g.scale(sum);
}

}  // namespace lfmfit::graph
