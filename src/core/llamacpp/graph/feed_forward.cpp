#include "core/llamacpp/graph/builder.hpp"

namespace lfmfit::graph {

namespace {

// One element-wise function, or two for the squared ReLU.
NodeId activate(Builder& b, Activation activation, NodeId x) {
  const NodeId once = b.graph.unary(x);
  return activation == Activation::kReluSquared ? b.graph.same(Op::kSqr, once) : once;
}

NodeId gated_or_plain(Builder& b, Activation activation, bool gated, NodeId gate, NodeId up) {
  return gated ? b.graph.glu(gate, up) : activate(b, activation, up);
}

// The probability that the router gives to each expert.
NodeId gate_probabilities(Builder& b, const MixtureOfExperts& part, NodeId logits) {
  if (part.weights_after_top_k) return logits;
  return part.sigmoid_gating ? b.graph.unary(logits) : b.graph.soft_max(logits, kNoNode, kNoNode);
}

// DeepSeek V3 first picks the best groups of experts, then the best experts in them.
NodeId mask_other_groups(Builder& b, const MixtureOfExperts& part, NodeId probabilities) {
  Graph& g = b.graph;
  const std::int64_t tokens = g[probabilities].ne[1];
  const std::int64_t per_group = part.n_expert / part.n_expert_groups;
  const NodeId groups = g.reshape(probabilities, {per_group, part.n_expert_groups, tokens, 1});
  const NodeId best_two = g.top_k(groups, 2);
  const NodeId scores = g.get_rows(g.reshape(groups, {1, per_group, part.n_expert_groups, tokens}), best_two);
  const NodeId sums = g.sum_rows(g.reshape(scores, {2, part.n_expert_groups, tokens, 1}));
  const NodeId best_groups = g.top_k(g.reshape(sums, {part.n_expert_groups, tokens, 1, 1}), part.n_group_used);
  const NodeId kept = g.get_rows(groups, best_groups);
  const NodeId masked = g.set_rows(g.same(Op::kFill, groups), kept, best_groups);
  return g.reshape(masked, {part.n_expert, tokens, 1, 1});
}

struct Routing {
  NodeId experts, weights;
};

Routing route(Builder& b, const MixtureOfExperts& part, NodeId logits) {
  Graph& g = b.graph;
  const std::int64_t tokens = g[logits].ne[1];
  NodeId probabilities = gate_probabilities(b, part, logits);
  NodeId selection = probabilities;
  const NodeId bias = b.find("exp_probs_b.bias");
  if (bias != kNoNode) selection = g.add(probabilities, bias);
  if (part.weigh_inputs) selection = logits;
  if (part.n_expert_groups > 1) selection = mask_other_groups(b, part, selection);
  const NodeId experts = g.top_k(selection, part.n_expert_used);
  NodeId weights = g.get_rows(g.reshape(probabilities, {1, part.n_expert, tokens, 1}), experts);
  if (part.weights_after_top_k) {
    weights = g.soft_max(g.reshape(weights, {part.n_expert_used, tokens, 1, 1}), kNoNode, kNoNode);
    weights = g.reshape(weights, {1, part.n_expert_used, tokens, 1});
  }
  if (part.normalize_weights) {
    const NodeId flat = g.reshape(weights, {part.n_expert_used, tokens, 1, 1});
    const NodeId sum = g.same(Op::kClamp, g.sum_rows(flat));
    weights = g.reshape(g.same(Op::kDiv, flat, {sum}), {1, part.n_expert_used, tokens, 1});
  }
  if (part.scale_weights) weights = g.scale(weights);
  g.expand(weights);
  return {experts, weights};
}

NodeId expert_bias(Builder& b, std::string_view name, NodeId x, NodeId experts) {
  const NodeId bias = b.find(name, ".bias");
  return bias == kNoNode ? x : b.graph.same(Op::kAddId, x, {bias, experts});
}

// One learned number per expert.
NodeId expert_scale(Builder& b, std::string_view name, NodeId x, NodeId experts) {
  Graph& g = b.graph;
  const NodeId scale = b.find(name, ".scale");
  if (scale == kNoNode) return x;
  const std::int64_t count = g[scale].ne[0];
  const NodeId repeated = g.repeat(g.reshape(scale, {1, count, 1, 1}), {1, count, g[x].ne[2], 1});
  return g.mul(x, g.get_rows(repeated, experts));
}

NodeId expert_linear(Builder& b, std::string_view name, NodeId x, NodeId experts) {
  const NodeId out = b.graph.mul_mat_id(b.weight(name, ".weight"), x, experts);
  return expert_bias(b, name, expert_scale(b, name, out, experts), experts);
}

NodeId expert_hidden(Builder& b, const MixtureOfExperts& part, NodeId x, NodeId experts) {
  Graph& g = b.graph;
  if (part.fused_gate_up) {
    const NodeId both = expert_linear(b, "ffn_gate_up_exps", x, experts);
    const Shape ne{part.n_ff, g[both].ne[1], g[both].ne[2], 1};
    const Shape nb = g[both].nb;
    return g.glu(g.view(both, ne, nb), g.view(both, ne, nb, part.n_ff * 4));
  }
  const NodeId up = expert_linear(b, "ffn_up_exps", x, experts);
  const NodeId gate = part.gated ? expert_linear(b, "ffn_gate_exps", x, experts) : up;
  return gated_or_plain(b, part.activation, part.gated, gate, up);
}

// The sum over the chosen experts is a chain of additions over views.
NodeId sum_experts(Builder& b, const MixtureOfExperts& part, NodeId outputs) {
  Graph& g = b.graph;
  g.expand(outputs);
  std::vector<NodeId> views;
  const std::int64_t tokens = g[outputs].ne[2];
  const Shape nb = g[outputs].nb;
  for (std::int64_t i = 0; i < part.n_expert_used; ++i) {
    views.push_back(g.view(outputs, {g[outputs].ne[0], tokens, 1, 1}, {nb[0], nb[2], nb[3], nb[3]}, i * nb[1]));
    g.expand(views.back());
  }
  NodeId sum = views.front();
  for (std::size_t i = 1; i < views.size(); ++i) {
    sum = g.add(sum, views[i]);
    g.expand(sum);
  }
  return views.size() == 1 ? g.cont(sum) : sum;
}

NodeId shared_expert(Builder& b, const MixtureOfExperts& part, NodeId x) {
  Graph& g = b.graph;
  const NodeId up = g.mul_mat(b.weight("ffn_up_shexp.weight"), x);
  const NodeId gate = part.gated ? g.mul_mat(b.weight("ffn_gate_shexp.weight"), x) : up;
  NodeId out = g.mul_mat(b.weight("ffn_down_shexp.weight"), gated_or_plain(b, part.activation, part.gated, gate, up));
  if (part.shared_gate) {
    const NodeId share = g.unary(g.mul_mat(b.weight("ffn_gate_inp_shexp.weight"), x));
    out = g.mul(out, share);
  }
  return out;
}

// Lets only what exceeds mean + k standard deviations of a row pass. The mean is planned like the sum.
NodeId outliers(Graph& g, NodeId x) {
  const NodeId mean = g.sum_rows(x);
  const NodeId squares = g.same(Op::kSqr, g.same(Op::kSub, x, {mean}));
  const NodeId deviation = g.same(Op::kSqrt, g.scale(g.sum_rows(squares)));
  return g.unary(g.same(Op::kSub, x, {g.add(mean, g.scale(deviation))}));
}

// Experts in a smaller space; the router reads the full one (src/models/nemotron-h.cpp).
NodeId latent_experts(Builder& b, const MixtureOfExperts& part, NodeId x) {
  Graph& g = b.graph;
  const NodeId latent = g.mul_mat(b.weight("ffn_latent_down.weight"), x);
  const NodeId routed = build_experts(b, part, latent, b.linear("ffn_gate_inp", x));
  return g.mul_mat(b.weight("ffn_latent_up.weight"), routed);
}

}  // namespace

NodeId build_experts(Builder& b, const MixtureOfExperts& part, NodeId x, NodeId logits) {
  Graph& g = b.graph;
  const std::int64_t width = g[x].ne[0], tokens = g[x].ne[1];
  const Routing routing = route(b, part, logits == kNoNode ? b.linear("ffn_gate_inp", x) : logits);
  NodeId rows = g.reshape(x, {width, 1, tokens, 1});
  if (part.weigh_inputs) {
    rows = g.mul(g.repeat(rows, {width, part.n_expert_used, tokens, 1}), routing.weights);
  }
  const NodeId hidden = expert_hidden(b, part, rows, routing.experts);
  NodeId outputs = expert_linear(b, "ffn_down_exps", hidden, routing.experts);
  if (!part.weigh_inputs) outputs = g.mul(outputs, routing.weights);
  return sum_experts(b, part, outputs);
}

NodeId build(Builder& b, const DenseFeedForward& part, NodeId x) {
  Graph& g = b.graph;
  const NodeId up = b.linear("ffn_up", x);
  NodeId hidden;
  if (part.fused_gate_up) {
    hidden = g.glu(up);
  } else {
    NodeId gate = part.gated ? b.linear("ffn_gate", x) : up;
    if (part.sparse_gate) gate = outliers(g, gate);
    hidden = part.separate_gate ? g.mul(up, g.unary(gate)) : gated_or_plain(b, part.activation, part.gated, gate, up);
  }
  return b.linear("ffn_down", hidden);
}

NodeId build(Builder& b, const MixtureOfExperts& part, NodeId x) {
  const NodeId routed = part.n_latent > 0 ? latent_experts(b, part, x) : build_experts(b, part, x, kNoNode);
  return part.n_ff_shared > 0 ? b.graph.add(routed, shared_expert(b, part, x)) : routed;
}

}  // namespace lfmfit::graph
