#include "core/llamacpp/graph/builder.hpp"

namespace lfmfit::graph {

namespace {

/// What is convolved: the tokens behind those of the state, or, where tokens see those behind them too, in the middle.
NodeId window_of(Builder& b, NodeId before, NodeId product) {
  Graph& g = b.graph;
  if (b.model.causal) return g.concat(before, product, 0);
  const Shape ne = g[before].ne;
  const std::int64_t side = ne[0] / 2;
  const NodeId left = g.view(before, {side, ne[1], ne[2], 1}, Shape(g[before].nb), (ne[0] - side) * 4);
  const NodeId joined = g.concat(g.cont(left), product, 0);
  Shape padded = g[joined].ne;
  padded[0] += side;
  return g.apply(Op::kPad, kF32, padded, {joined});
}

}  // namespace

// LFM2's mixer (src/models/lfm2.cpp): in_proj yields b, c and x; a convolution over the last tokens of b * x is gated
// by c.
NodeId build(Builder& b, const ShortConvolution& mixer, NodeId x) {
  Graph& g = b.graph;
  const std::int64_t width = b.model.n_embd, kept = mixer.kernel - 1;
  const std::int64_t per_sequence = b.tokens_per_sequence, sequences = b.sequences;
  const NodeId rows = g.reshape(x, {width, per_sequence, sequences, 1});
  const NodeId all = g.mul_mat(b.weight("shortconv.in_proj.weight"), rows);
  const Shape nb = g[all].nb;
  const auto chunk = [&](std::int64_t i) {
    return g.view(all, {width, per_sequence, sequences, 1}, nb, i * width * 4);
  };
  const NodeId gate_in = chunk(0), gate_out = chunk(1), value = chunk(2);
  const NodeId product = g.transpose(g.mul(gate_in, value));

  const NodeId state = b.state_tensor(kept * width);
  const NodeId before = g.reshape(b.load_state(state, kept * width), {kept, width, sequences, 1});
  const NodeId window = window_of(b, before, product);
  const Shape wnb = g[window].nb;
  const NodeId last = g.view(window, {kept, width, sequences, 1}, wnb, (g[window].ne[0] - kept) * 4);
  g.expand(g.copy(last, g.view(state, {kept * width, sequences, 1, 1})));

  const NodeId kernel = b.weight("shortconv.conv.weight");
  const NodeId convolved = g.apply(Op::kSsmConv, kF32, {width, per_sequence, sequences, 1}, {window, kernel});
  const NodeId out = g.mul_mat(b.weight("shortconv.out_proj.weight"), g.mul(gate_out, convolved));
  return g.reshape(out, {width, per_sequence * sequences, 1, 1});
}

}  // namespace lfmfit::graph
