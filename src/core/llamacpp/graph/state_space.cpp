#include "core/llamacpp/graph/builder.hpp"

namespace lfmfit::graph {

namespace {

// Prepends the last d_conv - 1 inputs, stores the new ones, and runs the convolution with its activation.
NodeId convolve(Builder& b, const StateSpace& s, NodeId before, NodeId state, NodeId input, std::int64_t channels) {
  Graph& g = b.graph;
  const std::int64_t kept = s.d_conv - 1;
  const NodeId window = g.concat(before, g.transpose(input), 0);
  const Shape nb = g[window].nb;
  const NodeId last = g.view(window, {kept, channels, b.sequences, 1}, nb, b.tokens_per_sequence * 4);
  g.expand(g.copy(last, g.view(state, {kept * channels, b.sequences, 1, 1})));
  const NodeId kernel = b.weight("ssm_conv1d.weight");
  const NodeId out = g.apply(Op::kSsmConv, kF32, {channels, b.tokens_per_sequence, b.sequences, 1}, {window, kernel});
  return g.unary(b.add_bias("ssm_conv1d", out));
}

struct Scan {
  NodeId x, dt, a, b, c;
};

// The scan reads the states where they lie; its result is the output followed by the new states.
NodeId scan(Builder& b, const StateSpace& s, NodeId state, const Scan& in, const Shape& state_shape) {
  Graph& g = b.graph;
  const std::int64_t width = s.d_state * s.d_inner;
  const NodeId states = g.reshape(state, {width, b.sequences, 1, 1});
  g.expand(g.in_place(Op::kScale, g.view(states, {width, 1, 1, 1})));
  const NodeId rows = b.state_rows();
  const std::int64_t elements = element_count(g[in.x].ne) + width * b.sequences;
  const NodeId shaped = g.reshape(states, state_shape);
  const NodeId out = g.apply(Op::kSsmScan, kF32, {elements, 1, 1, 1}, {shaped, in.x, in.dt, in.a, in.b, in.c, rows});
  g.expand(out);
  const bool scans_spare = b.request.release.scans_spare_states;
  const NodeId extra = g.get_rows(states, scans_spare ? b.spare_state_rows() : b.state_rows_extra());
  b.keep_spare_states(state, scans_spare ? g.view(extra, {width, 0, 1, 1}) : extra, width);
  const std::int64_t row = width * 4;
  const NodeId next = g.view(out, {width, b.sequences, 1, 1}, {4, row, row * b.sequences, row * b.sequences},
                             element_count(g[in.x].ne) * 4);
  g.expand(g.copy(next, g.view(state, {width, b.sequences, 1, 1})));
  return out;
}

NodeId version_2(Builder& b, const StateSpace& s, NodeId x) {
  Graph& g = b.graph;
  const std::int64_t heads = s.dt_rank, head_dim = s.d_inner / heads, groups = s.n_group;
  const std::int64_t channels = s.d_inner + 2 * groups * s.d_state, per = b.tokens_per_sequence, seqs = b.sequences;
  const NodeId conv_state = b.state_tensor((s.d_conv - 1) * channels);
  const NodeId ssm_state = b.state_tensor(s.d_state * s.d_inner);
  const NodeId before =
      g.reshape(b.load_state(conv_state, (s.d_conv - 1) * channels), {s.d_conv - 1, channels, seqs, 1});
  const NodeId flat = g.mul_mat(b.weight("ssm_in.weight"), x);
  const NodeId all = g.reshape(flat, {g[flat].ne[0], per, seqs, 1});
  const Shape nb = g[all].nb;
  const NodeId z = g.view(all, {head_dim, heads, per, seqs}, {4, head_dim * 4, nb[1], nb[2]});
  const NodeId xbc = g.view(all, {channels, per, seqs, 1}, nb, s.d_inner * 4);
  NodeId dt = g.view(all, {heads, per, seqs, 1}, nb, (s.d_inner + channels) * 4);

  const NodeId conv = convolve(b, s, before, conv_state, xbc, channels);
  const Shape cnb = g[conv].nb;
  const NodeId values = g.view(conv, {head_dim, heads, per, seqs}, {4, head_dim * 4, cnb[1], cnb[2]});
  const Shape group_nb{4, s.d_state * 4, cnb[1], cnb[2]};
  const NodeId keys = g.view(conv, {s.d_state, groups, per, seqs}, group_nb, s.d_inner * 4);
  const NodeId queries = g.view(conv, {s.d_state, groups, per, seqs}, group_nb, (s.d_inner + groups * s.d_state) * 4);
  dt = g.add(g.cont(dt), b.weight("ssm_dt.bias"));
  const NodeId out =
      scan(b, s, ssm_state, {values, dt, b.weight("ssm_a"), keys, queries}, {s.d_state, head_dim, heads, seqs});

  const std::int64_t row = head_dim * 4;
  NodeId y = g.view(out, {head_dim, heads, per, seqs}, {4, row, heads * row, per * heads * row});
  y = g.add(y, g.mul(values, b.weight("ssm_d")));
  y = g.glu(g.cont(z), y);
  if (s.ssm_norm) y = b.norm(g.reshape(y, {s.d_inner / groups, groups, per, seqs}), "ssm_norm");
  y = g.reshape(y, {s.d_inner, per * seqs, 1, 1});
  return g.mul_mat(b.weight("ssm_out.weight"), y);
}

NodeId version_1(Builder& b, const StateSpace& s, NodeId x) {
  Graph& g = b.graph;
  const std::int64_t per = b.tokens_per_sequence, seqs = b.sequences, inner = s.d_inner;
  const NodeId conv_state = b.state_tensor((s.d_conv - 1) * inner);
  const NodeId ssm_state = b.state_tensor(s.d_state * inner);
  const NodeId before = g.reshape(b.load_state(conv_state, (s.d_conv - 1) * inner), {s.d_conv - 1, inner, seqs, 1});
  const NodeId rows = g.reshape(x, {b.model.n_embd, per, seqs, 1});
  const NodeId xz = g.mul_mat(b.weight("ssm_in.weight"), rows);
  const Shape nb = g[xz].nb;
  const NodeId z = g.view(xz, {inner, per, seqs, 1}, nb, inner * 4);
  const NodeId conv = convolve(b, s, before, conv_state, g.view(xz, {inner, per, seqs, 1}, nb), inner);

  const NodeId projected = g.mul_mat(b.weight("ssm_x.weight"), conv);
  const Shape pnb = g[projected].nb;
  const Shape state_nb{4, s.d_state * 4, pnb[1], pnb[2]};
  NodeId dt = g.view(projected, {s.dt_rank, per, seqs, 1}, pnb);
  NodeId keys = g.view(projected, {s.d_state, 1, per, seqs}, state_nb, s.dt_rank * 4);
  NodeId queries = g.view(projected, {s.d_state, 1, per, seqs}, state_nb, (s.dt_rank + s.d_state) * 4);
  if (s.dt_b_c_norm) {
    dt = b.norm(dt, "ssm_dt_norm");
    keys = b.norm(keys, "ssm_b_norm");
    queries = b.norm(queries, "ssm_c_norm");
  } else {
    dt = g.cont(dt);
  }
  dt = b.linear("ssm_dt", dt);
  const NodeId values = g.reshape(conv, {1, inner, per, seqs});
  const NodeId out = scan(b, s, ssm_state, {values, dt, b.weight("ssm_a"), keys, queries}, {s.d_state, 1, inner, seqs});

  const Shape vnb = g[values].nb;
  NodeId y = g.view(out, {inner, per, seqs, 1}, {4, vnb[2], vnb[3], vnb[3] * seqs});
  y = g.add(y, g.mul(conv, b.weight("ssm_d")));
  y = g.glu(g.cont(z), y);
  return g.reshape(g.mul_mat(b.weight("ssm_out.weight"), y), {b.model.n_embd, per * seqs, 1, 1});
}

}  // namespace

// Mamba and Mamba-2 (src/models/mamba-base.cpp).
NodeId build(Builder& b, const StateSpace& mixer, NodeId x) {
  return mixer.version == 1 ? version_1(b, mixer, x) : version_2(b, mixer, x);
}

}  // namespace lfmfit::graph
