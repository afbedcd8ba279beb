#include "core/llamacpp/graph/builder.hpp"

// Kimi delta attention (src/models/kimi-linear.cpp, delta-net-base.cpp).
namespace lfmfit::graph {

namespace {

/// One of the three convolutions, each with its third of the state.
NodeId convolved(Builder& b, const GatedDeltaNet& d, NodeId states, NodeId loaded, std::int64_t part,
                 std::string_view projection, std::string_view kernel, NodeId x) {
  Graph& g = b.graph;
  const std::int64_t per = b.tokens_per_sequence, seqs = b.sequences, width = d.n_value_head * d.head_dim;
  const std::int64_t kept = d.d_conv - 1, own = kept * width, all = 3 * own;
  const Shape nb{4, kept * 4, all * 4, all * seqs * 4};
  const NodeId before = g.view(loaded, {kept, width, seqs, 1}, nb, part * own * 4);
  const NodeId input = g.reshape(g.mul_mat(b.weight(projection), x), {width, per, seqs, 1});
  const NodeId window = g.concat(before, g.transpose(input), 0);
  const NodeId last = g.view(window, {kept, width, seqs, 1}, Shape(g[window].nb), per * 4);
  g.expand(g.copy(last, g.view(states, {kept, width, seqs, 1}, nb, part * own * 4)));
  const NodeId weights = g.reshape(b.weight(kernel), {d.d_conv, width, 1, 1});
  const NodeId out = g.apply(Op::kSsmConv, kF32, {width, per, seqs, 1}, {window, weights});
  return g.reshape(g.unary(g.reshape(out, {width, b.tokens, 1, 1})), {d.head_dim, d.n_value_head, per, seqs});
}

NodeId low_rank(Builder& b, std::string_view down, std::string_view up, NodeId x) {
  return b.graph.mul_mat(b.weight(up), b.graph.mul_mat(b.weight(down), x));
}

NodeId decay(Builder& b, const GatedDeltaNet& d, NodeId x) {
  Graph& g = b.graph;
  const NodeId raw = g.add(low_rank(b, "ssm_f_a.weight", "ssm_f_b.weight", x), b.weight("ssm_dt.bias"));
  const NodeId by_head = g.reshape(g.unary(raw), {d.head_dim, d.n_value_head, b.tokens, 1});
  const NodeId scaled = g.mul(by_head, g.reshape(b.weight("ssm_a"), {1, d.n_value_head, 1, 1}));
  return g.reshape(scaled, {d.head_dim, d.n_value_head, b.tokens_per_sequence, b.sequences});
}

}  // namespace

NodeId build_by_channel(Builder& b, const GatedDeltaNet& d, NodeId x) {
  Graph& g = b.graph;
  const std::int64_t per = b.tokens_per_sequence, seqs = b.sequences, dim = d.head_dim, heads = d.n_value_head;
  const std::int64_t width = heads * dim, convolution = 3 * (d.d_conv - 1) * width;
  g.expand(x);
  const NodeId conv_states = b.state_tensor(convolution);
  const NodeId loaded = b.load_state(conv_states, convolution);
  const NodeId q = convolved(b, d, conv_states, loaded, 0, "attn_q.weight", "ssm_conv1d_q.weight", x);
  const NodeId k = convolved(b, d, conv_states, loaded, 1, "attn_k.weight", "ssm_conv1d_k.weight", x);
  const NodeId v = convolved(b, d, conv_states, loaded, 2, "attn_v.weight", "ssm_conv1d_v.weight", x);
  const NodeId gate = decay(b, d, x);
  const NodeId beta = g.unary(g.reshape(g.mul_mat(b.weight("ssm_beta.weight"), x), {1, heads, per, seqs}));
  const NodeId states = b.state_tensor(dim * dim * heads);
  const NodeId state = g.reshape(b.load_state(states, dim * dim * heads), {dim, dim, heads, seqs});
  const NodeId result = g.apply(Op::kGatedDeltaNet, kF32, {width, per * seqs + dim * seqs, 1, 1},
                                {b.norm_without_weight(q), b.norm_without_weight(k), v, gate, beta, state});
  const NodeId out = g.cont(g.view(result, {dim, heads, per, seqs}));
  const NodeId next =
      g.view(result, {dim, dim, heads, seqs}, {4, dim * 4, dim * dim * 4, dim * width * 4}, width * per * seqs * 4);
  g.expand(g.copy(next, g.view(states, {dim * dim * heads, seqs, 1, 1})));
  const NodeId open = g.reshape(low_rank(b, "ssm_g_a.weight", "ssm_g_b.weight", x), {dim, heads, b.tokens, 1});
  const NodeId normalized = b.norm(g.reshape(out, {dim, heads, b.tokens, 1}), "ssm_norm");
  const NodeId gated = g.mul(normalized, g.unary(open));
  return g.mul_mat(b.weight("attn_output.weight"), g.cont(gated, {width, b.tokens, 1, 1}));
}

}  // namespace lfmfit::graph
