#include <algorithm>

#include "core/llamacpp/graph/builder.hpp"

namespace lfmfit::graph {

namespace {

struct Gates {
  NodeId beta, decay;
};

// Qwen3-Next packs beta and alpha of a key head together; the views are copied apart.
Gates fused_gates(Builder& b, const GatedDeltaNet& d, NodeId x) {
  Graph& g = b.graph;
  const std::int64_t per = b.tokens_per_sequence, seqs = b.sequences, share = d.n_value_head / d.n_key_head;
  const NodeId mixed = g.mul_mat(b.weight("ssm_ba.weight"), x);
  const NodeId split = g.reshape(mixed, {2 * share, d.n_key_head, per, seqs});
  const Shape nb = g[split].nb;
  const NodeId strided = g.view(split, {share, d.n_key_head, per, seqs}, nb);
  const NodeId beta = g.unary(b.request.release.reads_strided_gates ? strided : g.cont(strided));
  const NodeId alpha =
      g.cont(g.view(split, {share, d.n_key_head, per, seqs}, nb, share * 4), {d.n_value_head, per, seqs, 1});
  return {beta, alpha};
}

Gates gates(Builder& b, const GatedDeltaNet& d, NodeId x) {
  Graph& g = b.graph;
  const std::int64_t per = b.tokens_per_sequence, seqs = b.sequences;
  const Shape by_head{1, d.n_value_head, per, seqs};
  Gates both;
  if (d.fused_beta_alpha) {
    both = fused_gates(b, d, x);
  } else {
    both.beta = g.unary(g.reshape(g.mul_mat(b.weight("ssm_beta.weight"), x), by_head));
    both.decay = g.reshape(g.mul_mat(b.weight("ssm_alpha.weight"), x), {d.n_value_head, per, seqs, 1});
  }
  const NodeId softplus = g.unary(g.add(both.decay, b.weight("ssm_dt.bias")));
  both.decay = g.reshape(g.mul(softplus, b.weight("ssm_a")), by_head);
  if (d.fused_beta_alpha) both.beta = g.reshape(both.beta, by_head);
  return both;
}

/// The states that are kept of each sequence: one, and one for each drafted token that may be taken back.
std::int64_t states_per_sequence(const Builder& b) { return b.request.scene.states / b.sequences; }

NodeId convolution_window(Builder& b, const GatedDeltaNet& d, NodeId state, NodeId mixed, std::int64_t channels) {
  Graph& g = b.graph;
  const std::int64_t kept = d.d_conv - 1;
  const NodeId before = g.reshape(b.load_state(state, kept * channels), {kept, channels, b.sequences, 1});
  const NodeId window = g.concat(before, g.transpose(mixed), 0);
  const std::int64_t end = g[window].ne[0] - kept, states = states_per_sequence(b);
  for (std::int64_t taken_back = states - 1; taken_back >= 0; --taken_back) {
    const std::int64_t first = std::max<std::int64_t>(0, end - taken_back);
    const NodeId last = g.view(window, {kept, channels, b.sequences, 1}, Shape(g[window].nb), first * 4);
    g.expand(g.copy(last, g.view(state, {kept * channels, b.sequences, 1, 1})));
  }
  return window;
}

NodeId unit_length(Builder& b, NodeId x) { return b.graph.scale(b.norm_without_weight(x)); }

// Qwen3-Next repeats keys for each value head of their group; the fused kernel of Qwen3.5 broadcasts instead.
NodeId repeat_heads(Builder& b, const GatedDeltaNet& d, NodeId x) {
  if (!d.fused_beta_alpha || d.n_key_head == d.n_value_head) return x;
  Graph& g = b.graph;
  const std::int64_t tokens = b.tokens, times = d.n_value_head / d.n_key_head;
  const NodeId apart = g.reshape(x, {d.head_dim, 1, d.n_key_head, tokens});
  const NodeId repeated = g.repeat(apart, {d.head_dim, times, d.n_key_head, tokens});
  return g.reshape(repeated, {d.head_dim, d.n_value_head, b.tokens_per_sequence, b.sequences});
}

}  // namespace

// Gated delta net (src/models/qwen35.cpp, qwen3next.cpp, delta-net-base.cpp).
NodeId build(Builder& b, const GatedDeltaNet& d, NodeId x) {
  if (d.by_channel) return build_by_channel(b, d, x);
  Graph& g = b.graph;
  const std::int64_t per = b.tokens_per_sequence, seqs = b.sequences, dim = d.head_dim;
  const std::int64_t key_width = d.n_key_head * dim, value_width = d.n_value_head * dim,
                     channels = 2 * key_width + value_width;
  const NodeId projected = g.mul_mat(b.weight("attn_qkv.weight"), x);
  const NodeId mixed = g.reshape(projected, {channels, per, seqs, 1});
  const NodeId z = g.mul_mat(b.weight("attn_gate.weight"), x);
  const Gates gate = gates(b, d, x);

  const NodeId conv_state = b.state_tensor((d.d_conv - 1) * channels);
  const NodeId all_states = b.state_tensor(dim * dim * d.n_value_head);
  const NodeId window = convolution_window(b, d, conv_state, mixed, channels);
  const NodeId state =
      g.reshape(b.load_state(all_states, dim * dim * d.n_value_head), {dim, dim, d.n_value_head, seqs});
  const NodeId kernel = b.weight("ssm_conv1d.weight");
  const NodeId conv = g.unary(g.apply(Op::kSsmConv, kF32, {channels, per, seqs, 1}, {window, kernel}));

  const std::int64_t row = channels * 4;
  const Shape nb{4, dim * 4, row, row * per};
  const NodeId q = unit_length(b, g.view(conv, {dim, d.n_key_head, per, seqs}, nb));
  const NodeId k = unit_length(b, g.view(conv, {dim, d.n_key_head, per, seqs}, nb, key_width * 4));
  const NodeId v = g.view(conv, {dim, d.n_value_head, per, seqs}, nb, 2 * key_width * 4);
  const std::int64_t states = states_per_sequence(b);
  const NodeId result = g.apply(Op::kGatedDeltaNet, kF32, {value_width, per * seqs + dim * seqs * states, 1, 1},
                                {repeat_heads(b, d, q), repeat_heads(b, d, k), v, gate.decay, gate.beta, state});
  const NodeId out = g.view(result, {dim, d.n_value_head, per, seqs});
  const NodeId next = g.view(result, {dim, dim, d.n_value_head, seqs * std::min(per, states)},
                             {4, dim * 4, dim * dim * 4, dim * value_width * 4}, value_width * per * seqs * 4);
  g.expand(g.copy(next, g.view(all_states, {dim * dim * d.n_value_head, seqs, 1, 1})));

  const NodeId z_heads = g.reshape(z, {dim, d.n_value_head, per, seqs});
  const NodeId normalized = b.norm(out, "ssm_norm");
  const NodeId weighted = g.mul(normalized, g.unary(z_heads));
  const NodeId flat = g.reshape(weighted, {value_width, per, seqs, 1});
  return g.reshape(g.mul_mat(b.weight("ssm_out.weight"), flat), {b.model.n_embd, b.tokens, 1, 1});
}

}  // namespace lfmfit::graph
