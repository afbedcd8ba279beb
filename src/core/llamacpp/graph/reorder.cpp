#include "core/llamacpp/graph/reorder.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <iterator>

namespace lfmfit::graph {

namespace {

constexpr std::size_t kWindow = 20;    // nodes that are looked at ahead of the first that is not placed
constexpr std::size_t kReach = 15;     // nodes within which the rest of a fusion is looked for
constexpr std::size_t kOldReach = 10;  // of a store behind a rotation, before fusions were protected

/// What lies farther ahead than this has no part in what is placed next: a window, the rest of fusions that begin in
/// it, and patterns that begin in those.
constexpr std::size_t kFarthest = kWindow + 2 * kReach + 16;

using FusedOps = std::vector<Op>;

const std::vector<FusedOps>& routing_patterns() {
  static const std::vector<FusedOps> patterns{
      {Op::kSoftMax, Op::kReshape, Op::kArgSort, Op::kView, Op::kGetRows, Op::kReshape, Op::kSumRows, Op::kClamp,
       Op::kDiv, Op::kReshape},
      {Op::kUnary, Op::kReshape, Op::kAdd, Op::kArgSort, Op::kView, Op::kGetRows, Op::kReshape, Op::kSumRows,
       Op::kClamp, Op::kDiv, Op::kReshape},
      {Op::kSoftMax, Op::kReshape, Op::kArgSort, Op::kView, Op::kGetRows},
      {Op::kArgSort, Op::kView, Op::kGetRows, Op::kReshape, Op::kSoftMax, Op::kReshape}};
  return patterns;
}

const std::vector<FusedOps>& other_patterns() {
  static const std::vector<FusedOps> patterns{{Op::kRmsNorm, Op::kMul, Op::kAdd, Op::kMul},
                                              {Op::kRmsNorm, Op::kMul, Op::kAdd},
                                              {Op::kRmsNorm, Op::kMul, Op::kRope, Op::kView, Op::kSetRows},
                                              {Op::kRmsNorm, Op::kView, Op::kSetRows},
                                              {Op::kRope, Op::kView, Op::kSetRows}};
  return patterns;
}

/// By operation, whether a pattern starts with it: most nodes need not be compared with any.
const std::vector<bool>& starts() {
  static const std::vector<bool> starts = [] {
    std::vector<bool> result(256);
    for (const std::vector<FusedOps>* patterns : {&routing_patterns(), &other_patterns()}) {
      for (const FusedOps& pattern : *patterns) result[static_cast<std::size_t>(pattern.front())] = true;
    }
    return result;
  }();
  return starts;
}

/// Contiguous but for the distance of rows, as ggml_is_contiguous_1.
bool has_dense_rows(const Node& node) {
  if (node.ne[0] != node.type->block_elements && node.nb[0] != node.type->block_bytes) return false;
  std::int64_t next = node.ne[1] * node.nb[1];
  for (std::size_t i = 2; i < 4; ++i) {
    if (node.ne[i] == 1) continue;
    if (node.nb[i] != next) return false;
    next *= node.ne[i];
  }
  return true;
}

bool can_repeat(const Node& small, const Node& big) {
  for (std::size_t i = 0; i < 4; ++i) {
    if (small.ne[i] == 0 || big.ne[i] % small.ne[i] != 0) return false;
  }
  return true;
}

class Reorderer {
 public:
  Reorderer(Graph& graph, std::size_t first, std::size_t last, const std::vector<int>& uses, bool protects,
            KeepAlive& keep)
      : graph_(graph),
        nodes_(graph.order.begin() + static_cast<std::ptrdiff_t>(first),
               graph.order.begin() + static_cast<std::ptrdiff_t>(last)),
        uses_(uses),
        protects_(protects),
        keep_(keep),
        placed_(nodes_.size(), false),
        placed_node_(graph.nodes.size(), false) {
    find_dependences();
  }

  const std::vector<NodeId>& run(std::vector<Standing>& standings) {
    order_.reserve(nodes_.size());
    StandingNotes notes(standings);
    const auto note = [this](Standing& standing) { write_down(standing); };
    while (next_ < nodes_.size()) {
      notes.reach(next_, note);
      if (keep_pattern()) continue;
      collect_operations();
      // an addition may be fused with what follows it
      if (node(set_.back()).op != Op::kAdd) collect_views();
      for (std::size_t i : set_) place(i);
      advance();
    }
    notes.reach(nodes_.size(), note);
    return order_;
  }

 private:
  const Node& node(std::size_t i) const { return graph_[nodes_[i]]; }
  std::size_t end_of(std::size_t from, std::size_t count) const { return std::min(from + count, nodes_.size()); }
  bool is(std::size_t i, Op op) const { return node(i).op == op; }

  void write_down(Standing& standing) const {
    standing.placed = order_.size();
    standing.seen = end_of(next_, kFarthest);
    for (std::size_t i = next_; i < standing.seen; ++i) {
      if (i == next_ || placed_[i]) standing.ahead.push_back(static_cast<std::int64_t>(i - standing.position));
    }
  }

  void place(std::size_t i) {
    order_.push_back(nodes_[i]);
    placed_node_[static_cast<std::size_t>(nodes_[i])] = true;
    placed_[i] = true;
  }

  void advance() {
    while (next_ < nodes_.size() && placed_[next_]) ++next_;
  }

  bool matches(const FusedOps& pattern, std::size_t start) const {
    if (start + pattern.size() > nodes_.size()) return false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (!is(start + i, pattern[i]) || placed_[start + i]) return false;
    }
    return true;
  }

  bool may_start_pattern(std::size_t i) const { return starts_[static_cast<std::size_t>(node(i).op)]; }

  bool starts_pattern(std::size_t i) const {
    if (!may_start_pattern(i)) return false;
    const auto fits = [&](const FusedOps& pattern) { return matches(pattern, i); };
    return std::any_of(routing_patterns().begin(), routing_patterns().end(), fits) ||
           (protects_ && std::any_of(other_patterns().begin(), other_patterns().end(), fits));
  }

  bool keep_pattern() {
    if (!may_start_pattern(next_)) return false;
    for (const std::vector<FusedOps>* patterns : {&routing_patterns(), &other_patterns()}) {
      if (!protects_ && patterns == &other_patterns()) continue;
      for (const FusedOps& pattern : *patterns) {
        if (!matches(pattern, next_)) continue;
        if (protects_ && patterns == &routing_patterns()) keep_inputs(pattern.size());
        for (std::size_t i = 0; i < pattern.size(); ++i) place(next_ + i);
        advance();
        return true;
      }
    }
    return false;
  }

  // What a fused router reads from outside lives until its last node, which may be a factor behind the pattern.
  void keep_inputs(std::size_t count) {
    std::size_t last = next_ + count - 1;
    if (last + 1 < nodes_.size() && is(last + 1, Op::kScale)) ++last;
    std::vector<NodeId> seen, inputs;
    for (std::size_t i = next_; i < next_ + count; ++i) {
      for (NodeId source : node(i).sources) {
        if (source == kNoNode) break;
        if (std::find(seen.begin(), seen.end(), source) != seen.end()) continue;
        seen.push_back(source);
        inputs.push_back(source);
      }
      seen.push_back(nodes_[i]);
    }
    keep_.push_back({nodes_[last], inputs});
  }

  NodeId root(NodeId id) const { return graph_[id].is_view() ? graph_[id].view_of : id; }

  /// What says which other nodes one depends on.
  struct Reach {
    NodeId id = kNoNode, root = kNoNode;
    bool computes = false;
    std::size_t count = 0;  ///< of sources
    std::array<NodeId, kMaxSources> sources{}, source_roots{};
  };

  Reach reach_of(std::size_t i) const {
    Reach reach{nodes_[i], root(nodes_[i]), protects_ && !is_view_op(node(i).op)};
    for (NodeId source : node(i).sources) {
      if (source == kNoNode) break;
      reach.sources[reach.count] = source;
      reach.source_roots[reach.count++] = root(source);
    }
    return reach;
  }

  // The same two nodes are looked at again each time the window moves on.
  void find_dependences() {
    std::vector<Reach> reaches;
    reaches.reserve(nodes_.size());
    for (std::size_t i = 0; i < nodes_.size(); ++i) reaches.push_back(reach_of(i));
    depends_on_.resize(nodes_.size());
    for (std::size_t later = 1; later < nodes_.size(); ++later) {
      for (std::size_t distance = 1; distance <= std::min(later, kWindow); ++distance)
        depends_on_[later][distance] = shares_memory(reaches[later], reaches[later - distance]);
    }
  }

  bool depends(std::size_t later, std::size_t earlier) const { return depends_on_[later][later - earlier]; }

  // True if `a` reads what `b` before it writes, or shares memory with it.
  static bool shares_memory(const Reach& a, const Reach& b) {
    if (a.root == b.root) return true;
    const bool compute = a.computes && b.computes;
    for (std::size_t i = 0; i < a.count; ++i) {
      if (a.sources[i] == b.id || (compute && a.source_roots[i] == b.root)) return true;
    }
    if (!compute) return false;
    for (std::size_t i = 0; i < b.count; ++i) {
      if (b.source_roots[i] == a.root) return true;
    }
    return false;
  }

  bool only_views_or_placed(std::size_t from, std::size_t to) const {
    for (std::size_t i = from; i < to; ++i) {
      if (!placed_[i] && !is_view_op(node(i).op)) return false;
    }
    return true;
  }

  // Pairs that one kernel runs may follow each other although they depend on each other.
  bool is_fused_pair(std::size_t c, std::size_t j) const {
    if (c != set_.back()) return false;
    const Op first = node(c).op, second = node(j).op;
    if (protects_ && second == Op::kMul && (first == Op::kRmsNorm || first == Op::kUnary))
      return only_views_or_placed(c + 1, j);
    if (j != c + 1) return false;
    switch (first) {
      case Op::kRmsNorm: return second == Op::kMul;
      case Op::kMulMat:
      case Op::kAdd: return second == Op::kAdd;
      case Op::kMulMatId: return second == Op::kAddId || second == Op::kMul;
      case Op::kSsmConv: return second == Op::kAdd || second == Op::kUnary;
      default: return false;
    }
  }

  bool can_move_up(std::size_t j) const {
    for (std::size_t c = next_; c < j; ++c) {
      if (!placed_[c] && depends(j, c) && !is_fused_pair(c, j)) return false;
    }
    return true;
  }

  void collect_operations() {
    set_.assign(1, next_);
    for (std::size_t j = next_ + 1; j < end_of(next_, kWindow); ++j) {
      if (placed_[j] || is_view_op(node(j).op) || starts_pattern(j) || !can_move_up(j)) continue;
      set_.push_back(j);
      pull_rest_of_fusion(j);
    }
  }

  void pull(std::size_t i) {
    set_.push_back(i);
    placed_[i] = true;
  }

  bool follows(std::size_t j, Op first, Op second) const { return is(j, second) && is(j - 1, first); }

  bool is_ready(NodeId id) const { return graph_[id].op == Op::kNone || placed_node_[static_cast<std::size_t>(id)]; }

  void pull_rest_of_fusion(std::size_t j) {
    std::size_t rotated = j;
    if (follows(j, Op::kRmsNorm, Op::kMul)) rotated = pull_rope(j);
    if (is(rotated, Op::kRope) || (protects_ && is(rotated, Op::kRmsNorm))) pull_store(rotated);
    if (follows(j, Op::kMulMatId, Op::kAddId)) pull_reader(j, Op::kMul, true);
    if (follows(j, Op::kMulMat, Op::kAdd)) pull_reader(j, Op::kAdd, true);
    if (follows(j, Op::kSsmConv, Op::kAdd)) pull_reader(j, Op::kUnary, false);
    if (protects_ && is(j, Op::kUnary)) pull_product(j);
  }

  std::size_t pull_rope(std::size_t j) {
    for (std::size_t k = j + 1; k < end_of(j, kReach); ++k) {
      const Node& rope = node(k);
      if (rope.op != Op::kRope || rope.sources[0] != nodes_[j] || graph_[rope.sources[1]].op != Op::kNone) continue;
      if (rope.sources[2] != kNoNode && graph_[rope.sources[2]].op != Op::kNone) continue;
      pull(k);
      return k;
    }
    return j;
  }

  int uses_of(std::size_t i) const { return uses_[static_cast<std::size_t>(nodes_[i])]; }

  // A new key goes right into the cache.
  void pull_store(std::size_t j) {
    std::size_t view = 0;
    for (std::size_t k = j + 1; k < end_of(j, protects_ ? kReach : kOldReach); ++k) {
      if (protects_ && placed_[k]) continue;
      if (view == 0 && is(k, Op::kView) && node(k).sources[0] == nodes_[j]) {
        view = k;
        continue;
      }
      if (view == 0 || !is(k, Op::kSetRows) || node(k).sources[0] != nodes_[view]) continue;
      if (!protects_ || can_pull_store(j, view, k)) {
        pull(view);
        pull(k);
      }
      return;
    }
  }

  bool can_pull_store(std::size_t j, std::size_t view, std::size_t store) const {
    const bool closed = uses_of(j) == 1 && uses_of(view) == 1 && !node(j).output && !node(view).output &&
                        !node(j).is_view() && node(view).view_of == nodes_[j];
    if (!closed) return false;
    for (std::size_t c = j + 1; c < store; ++c) {
      if (!placed_[c] && c != view && !is_view_op(node(c).op) && depends(store, c)) return false;
    }
    return true;
  }

  void pull_reader(std::size_t j, Op op, bool second_source_ready) {
    for (std::size_t k = j + 1; k < end_of(j, kReach); ++k) {
      if (!is(k, op) || node(k).sources[0] != nodes_[j]) continue;
      if (second_source_ready && !is_ready(node(k).sources[1])) continue;
      pull(k);
      return;
    }
  }

  void pull_product(std::size_t j) {
    for (std::size_t k = j + 1; k < end_of(j, kReach); ++k) {
      const Node& mul = node(k);
      const bool first = mul.sources[0] == nodes_[j];
      if (mul.op != Op::kMul || (!first && mul.sources[1] != nodes_[j])) continue;
      const NodeId other = first ? mul.sources[1] : mul.sources[0];
      if (!is_ready(other) || !can_fuse_product(node(j), graph_[other], first)) continue;
      pull(k);
      return;
    }
  }

  bool can_fuse_product(const Node& unary, const Node& other, bool unary_first) const {
    if (other.type != unary.type || !has_dense_rows(other) || !has_dense_rows(graph_[unary.sources[0]])) return false;
    return unary_first ? can_repeat(other, unary) : can_repeat(unary, other);
  }

  void collect_views() {
    for (std::size_t j = next_ + 1; j < end_of(next_, kWindow); ++j) {
      if (placed_[j] || !is_view_op(node(j).op)) continue;
      bool ready = true;
      for (std::size_t c = next_; c < j && ready; ++c) {
        ready = placed_[c] || !depends(j, c) || std::find(set_.begin(), set_.end(), c) != set_.end();
      }
      if (ready) set_.push_back(j);
    }
  }

  Graph& graph_;
  std::vector<NodeId> nodes_;
  const std::vector<int>& uses_;
  const std::vector<bool>& starts_ = starts();
  bool protects_ = true;
  KeepAlive& keep_;
  std::vector<std::bitset<kWindow + 1>> depends_on_;  ///< by position, and by how far before it the other is
  std::vector<char> placed_;                          ///< by position; asked too often for single bits
  std::vector<bool> placed_node_;                     ///< by id; not before its set is complete
  std::vector<NodeId> order_;
  std::vector<std::size_t> set_;  ///< positions that are placed next, together
  std::size_t next_ = 0;          ///< the first that is not placed
};

}  // namespace

void reorder_nodes(Graph& graph, std::size_t first, std::size_t last, const std::vector<int>& uses, bool protects,
                   KeepAlive& keep, std::vector<Standing>& standings) {
  const std::vector<NodeId> order = Reorderer(graph, first, last, uses, protects, keep).run(standings);
  std::copy(order.begin(), order.end(), graph.order.begin() + static_cast<std::ptrdiff_t>(first));
}

}  // namespace lfmfit::graph
