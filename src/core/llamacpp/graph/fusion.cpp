#include "core/llamacpp/graph/fusion.hpp"

#include <algorithm>

#include "core/llamacpp/graph/window.hpp"

namespace lfmfit::graph {

namespace {

constexpr std::int64_t kMaxFusedExperts = 15;  // as many as ggml-cuda has kernels for (ggml-cuda.cu)

void keep(KeepAlive& alive, NodeId tensor, NodeId until) {
  if (alive.empty() || alive.back().until != until) alive.push_back({until, {}});
  std::vector<NodeId>& list = alive.back().tensors;
  if (std::find(list.begin(), list.end(), tensor) == list.end()) list.push_back(tensor);
}

struct WeightedSum {
  std::vector<NodeId> kept;  ///< expert outputs, weights of the router, scales of the experts
  std::size_t nodes = 0;
};

/// True if `mul` weighs a dense tensor by one number per expert and token.
bool weighs(const Graph& graph, NodeId mul, NodeId& full, NodeId& weights) {
  const Node& node = graph[mul];
  full = node.sources[0];
  weights = node.sources[1];
  if (node.op != Op::kMul || full == kNoNode || weights == kNoNode) return false;
  const Node& a = graph[full];
  const Node& b = graph[weights];
  return is_contiguous(node) && is_contiguous(a) && is_contiguous(b) && a.ne == node.ne && b.ne[0] == 1 &&
         b.ne[1] == node.ne[1] && b.ne[2] == node.ne[2] && b.ne[3] == node.ne[3];
}

/// Matches experts [x scale] x weight, then views of every expert and the chain of additions over them.
bool match_weighted_sum(const Window& window, std::size_t i, WeightedSum& match) {
  NodeId experts, weights;
  if (!window.is(i, Op::kMul) || !weighs(window.graph(), window.id(i), experts, weights)) return false;
  std::size_t muls = 1;
  match.kept = {experts, weights};
  NodeId full, route;
  if (window.is(i + 1, Op::kMul) && weighs(window.graph(), window.id(i + 1), full, route) && full == window.id(i)) {
    muls = 2;
    match.kept = {experts, route, weights};
  }
  const Node& weighted = window[i + muls - 1];
  const std::int64_t used = weighted.ne[1];
  if (used < 2 || used > kMaxFusedExperts) return false;
  match.nodes = static_cast<std::size_t>(2 * used) + muls - 1;
  std::int64_t views = 0, adds = 0;
  for (std::size_t k = i + muls; k < i + match.nodes; ++k) {
    if (window.is(k, Op::kView) && window.reads(k, window.id(i + muls - 1))) {
      ++views;
    } else if (window.is(k, Op::kAdd) && views >= 2 && adds + 1 < views) {
      ++adds;
    } else {
      return false;
    }
  }
  return views == used && adds == used - 1 && window.is_closed(i, match.nodes, {i + match.nodes - 1});
}

/// The number of experts must be one that ggml-cuda has a kernel for (ggml_cuda_should_use_topk_moe).
bool has_top_k_kernel(std::int64_t experts) {
  const bool power_of_two = (experts & (experts - 1)) == 0;
  return (power_of_two && experts <= 512) || experts == 288 || experts == 576;
}

/// Matches gating, sorting and the choice of experts; returns the number of nodes that one kernel replaces, or 0.
std::size_t match_top_k(const Window& window, std::size_t i) {
  if (!window.is(i, Op::kUnary) && !window.is(i, Op::kSoftMax)) return 0;
  const Node& gate = window[i];
  if (gate.op == Op::kSoftMax && (gate.sources[1] != kNoNode || gate.sources[2] != kNoNode)) return 0;
  std::size_t k = i + 1;
  if (!window.is(k, Op::kReshape) || !window.reads(k, window.id(i))) return 0;
  const NodeId reshaped = window.id(k++);
  NodeId sorted_input = window.id(i);
  if (window.is(k, Op::kAdd) && window.reads(k, window.id(i))) sorted_input = window.id(k++);
  if (!window.is(k, Op::kArgSort) || !window.reads(k, sorted_input)) return 0;
  ++k;
  if (!window.is(k, Op::kView) || !window.reads(k, window.id(k - 1))) return 0;
  const std::size_t ids = k++;
  if (!window.is(k, Op::kGetRows) || !window.reads(k, reshaped) || !window.reads(k, window.id(ids), 1)) return 0;
  ++k;
  const auto follows = [&](std::size_t at, Op op) { return window.is(at, op) && window.reads(at, window.id(at - 1)); };
  // the probabilities of the chosen may be normalized and scaled in the same kernel
  if (follows(k, Op::kReshape) && follows(k + 1, Op::kSumRows) && follows(k + 2, Op::kClamp) &&
      window.is(k + 3, Op::kDiv) && window.reads(k + 3, window.id(k)) && window.reads(k + 3, window.id(k + 2), 1) &&
      follows(k + 4, Op::kReshape)) {
    k += 5;
  }
  if (follows(k, Op::kScale)) ++k;
  const std::size_t nodes = k - i;
  if (!window.is_closed(i, nodes, {ids, k - 1}) || !has_top_k_kernel(gate.ne[0])) return 0;
  return nodes;
}

void keep_router(const Window& window, std::size_t i, std::size_t nodes, KeepAlive& alive) {
  if (!window.has(i + nodes)) return;
  const NodeId until = window.id(i + nodes);
  for (std::size_t k = i; k < i + nodes; ++k) {
    keep(alive, window.id(k), until);
    for (NodeId source : window[k].sources) {
      if (source != kNoNode) keep(alive, source, until);
    }
  }
}

}  // namespace

namespace {

bool is_product(const Graph& graph, NodeId id, Op op) {
  return id != kNoNode && graph[id].op == op && graph[graph[id].sources[0]].storage == Storage::kWeights;
}

/// A GLU over the two products of experts of `op`, of one input.
bool is_expert_glu(const Graph& graph, NodeId id, Op op) {
  const Node& glu = graph[id];
  if (glu.op != Op::kGlu || !is_product(graph, glu.sources[0], op) || !is_product(graph, glu.sources[1], op))
    return false;
  return graph[glu.sources[0]].sources[1] == graph[glu.sources[1]].sources[1];
}

bool is_quantized_product(const Graph& graph, NodeId id) { return graph[graph[id].sources[0]].type->quantized; }

NodeId root_of(const Graph& graph, NodeId id) { return graph[id].is_view() ? graph[id].view_of : id; }

/// The position of the shared expert's GLU that follows the routed one at `routed`, or `last`.
std::size_t find_shared_glu(const Graph& graph, std::size_t routed, std::size_t last) {
  const Node& glu = graph[graph.order[routed]];
  const NodeId input = root_of(graph, graph[glu.sources[0]].sources[1]);
  for (std::size_t i = routed + 3; i < last; ++i) {
    const NodeId id = graph.order[i];
    if (is_expert_glu(graph, id, Op::kMulMatId)) return last;
    if (!is_expert_glu(graph, id, Op::kMulMat)) continue;
    const Node& shared = graph[id];
    const bool matches = root_of(graph, graph[shared.sources[0]].sources[1]) == input && shared.ne[0] == glu.ne[0] &&
                         is_quantized_product(graph, shared.sources[0]) &&
                         is_quantized_product(graph, shared.sources[1]) && graph.order[i - 2] == shared.sources[0] &&
                         graph.order[i - 1] == shared.sources[1];
    return matches ? i : last;
  }
  return last;
}

}  // namespace

void join_shared_experts(Graph& graph, std::size_t first, std::size_t last, KeepAlive& alive) {
  constexpr std::size_t kNodes = 3;
  for (std::size_t i = first; i < last; ++i) {
    if (!is_expert_glu(graph, graph.order[i], Op::kMulMatId)) continue;
    const std::size_t glu = find_shared_glu(graph, i, last);
    if (glu == last) continue;
    const auto at = [&](std::size_t position) { return graph.order.begin() + static_cast<std::ptrdiff_t>(position); };
    std::rotate(at(i + 1), at(glu + 1 - kNodes), at(glu + 1));
    i += kNodes;
    keep(alive, graph[graph[graph.order[i]].sources[0]].sources[1], graph.order[i]);
  }
}

std::vector<int> count_uses(const Graph& graph) {
  std::vector<int> uses(graph.nodes.size(), 0);
  for (NodeId id : graph.order) {
    for (NodeId source : graph[id].sources) {
      if (source == kNoNode) break;
      ++uses[static_cast<std::size_t>(source)];
    }
  }
  return uses;
}

void keep_fused_inputs(const Graph& graph, std::size_t first, std::size_t last, const std::vector<int>& uses,
                       KeepAlive& alive) {
  const Window window(graph, first, last, uses);
  for (std::size_t i = 0; i < window.size(); ++i) {
    WeightedSum sum;
    if (match_weighted_sum(window, i, sum)) {
      const NodeId until = window.id(i + sum.nodes - 1);
      for (NodeId tensor : sum.kept) keep(alive, tensor, until);
      i += sum.nodes - 1;
    }
    const std::size_t routed = match_top_k(window, i);
    if (routed > 0) {
      keep_router(window, i, routed, alive);
      i += routed - 1;
    }
  }
}

}  // namespace lfmfit::graph
