#include "core/llamacpp/graph/run_ahead.hpp"

#include <algorithm>
#include <cstdint>

#include "core/llamacpp/graph/pack.hpp"

namespace lfmfit::graph {

namespace {

constexpr std::size_t kLookAhead = 64;    // N_FORWARD
constexpr std::size_t kLongestPack = 32;  // nodes, and more than is looked at behind them

bool may_run_ahead(Op op) {
  switch (op) {
    case Op::kMulMat:
    case Op::kMulMatId:
    case Op::kRope:
    case Op::kNorm:
    case Op::kRmsNorm:
    case Op::kL2Norm:
    case Op::kSumRows:
    case Op::kSsmConv:
    case Op::kSsmScan:
    case Op::kClamp:
    case Op::kTri:
    case Op::kMul:
    case Op::kAdd:
    case Op::kSub:
    case Op::kDiv:
    case Op::kGlu:
    case Op::kScale:
    case Op::kUnary:
    case Op::kGetRows:
    case Op::kSetRows:
    case Op::kSet:
    case Op::kCopy:
    case Op::kCont:
    case Op::kRepeat: return true;
    default: return is_view_op(op);
  }
}

/// Nodes that stay together, and what they read and write: positions in the window and among all that is touched.
struct Pack {
  std::size_t first, count;
  std::size_t reads = 0, writes = 0, end = 0;
};

class Runner {
 public:
  Runner(const Graph& graph, const Window& window, bool protects, AheadState& state)
      : graph_(graph),
        window_(window),
        protects_(protects),
        behind_(state.behind),
        placed_with_(state.placed_with),
        waiting_(state.waiting) {
    placed_with_.clear();
    for (std::size_t i = 0; i < window.size(); i += packs_.back().count)
      packs_.push_back(touching({i, pack_size(window, i, protects)}));
    used_.assign(packs_.size(), false);
  }

  std::vector<NodeId> run(std::vector<Standing>& standings) {
    StandingNotes notes(standings);
    for (std::size_t i = 0; i < packs_.size(); ++i) {
      if (used_[i]) continue;
      notes.reach(packs_[i].first, [&](Standing& standing) { write_down(i, standing); });
      if (!is_empty(i) && !is_free_of(placed_with_, i)) {
        fill_up(i);
        placed_with_.clear();
        together_.clear();
      }
      place(i);
    }
    notes.reach(window_.size(), [&](Standing& standing) { write_down(packs_.size(), standing); });
    return std::move(order_);
  }

 private:
  bool is_empty(std::size_t i) const { return is_view_op(window_[packs_[i].first].op); }

  /// When pack `i` comes next.
  void write_down(std::size_t i, Standing& standing) const {
    const std::size_t end = std::min(i + kLookAhead, packs_.size());
    const auto note = [&](std::size_t pack) {
      standing.ahead.push_back(static_cast<std::int64_t>(packs_[pack].first) -
                               static_cast<std::int64_t>(standing.position));
    };
    standing.placed = order_.size();
    standing.seen = end == packs_.size() ? window_.size() : std::min(packs_[end].first + kLongestPack, window_.size());
    if (i < end) note(i);
    for (std::size_t j = i + 1; j < end; ++j) {
      if (used_[j]) note(j);
    }
    for (const std::size_t pack : together_) note(pack);
  }

  void fill_up(std::size_t i) {
    waiting_.clear();
    touch(waiting_, i);
    for (std::size_t j = i + 1; j < std::min(i + kLookAhead, packs_.size()); ++j) {
      if (used_[j]) continue;
      if (!may_run_ahead(window_[packs_[j].first].op)) break;
      if ((is_empty(j) || is_free_of(placed_with_, j)) && is_free_of(waiting_, j)) {
        place(j);
      } else {
        touch(waiting_, j);
      }
    }
  }

  void place(std::size_t i) {
    touch(placed_with_, i);
    for (std::size_t k = 0; k < packs_[i].count; ++k) order_.push_back(window_.id(packs_[i].first + k));
    used_[i] = true;
    together_.push_back(i);
  }

  NodeId owner(NodeId id) const { return graph_[id].is_view() ? graph_[id].view_of : id; }

  /// Weights are left out: nobody writes them.
  Pack touching(Pack pack) {
    pack.reads = touched_.size();
    for (std::size_t k = 0; k < pack.count; ++k) {
      for (NodeId source : window_[pack.first + k].sources) {
        const bool counts = source != kNoNode && !(protects_ && is_in(pack, source));
        if (counts && graph_[owner(source)].storage != Storage::kWeights) add(owner(source));
      }
    }
    pack.writes = touched_.size();
    for (std::size_t k = protects_ ? 0 : pack.count - 1; k < pack.count; ++k) add(owner(window_.id(pack.first + k)));
    pack.end = touched_.size();
    return pack;
  }

  void add(NodeId id) { touched_.push_back({id, behind_[static_cast<std::size_t>(id)]}); }

  bool is_in(const Pack& pack, NodeId id) const {
    for (std::size_t k = 0; k < pack.count; ++k) {
      if (window_.id(pack.first + k) == id) return true;
    }
    return false;
  }

  void touch(Touched& set, std::size_t i) const {
    const Pack& pack = packs_[i];
    for (std::size_t k = pack.reads; k < pack.writes; ++k) set.read(touched_[k].id);
    for (std::size_t k = pack.writes; k < pack.end; ++k) set.write(touched_[k].id);
  }

  bool is_free_of(const Touched& set, std::size_t i) const {
    const Pack& pack = packs_[i];
    for (std::size_t k = pack.reads; k < pack.writes; ++k) {
      if (set.is_written(touched_[k].id) || set.is_written(touched_[k].behind)) return false;
    }
    for (std::size_t k = pack.writes; k < pack.end; ++k) {
      if (set.is_touched(touched_[k].id) || set.is_touched(touched_[k].behind)) return false;
    }
    return true;
  }

  const Graph& graph_;
  const Window& window_;
  bool protects_;
  const std::vector<NodeId>& behind_;
  struct Memory {
    NodeId id, behind;
  };
  std::vector<Memory> touched_;  ///< of all packs
  std::vector<Pack> packs_;
  std::vector<char> used_;
  Touched &placed_with_, &waiting_;
  std::vector<std::size_t> together_;  ///< packs that placed_with_ is of
  std::vector<NodeId> order_;
};

/// `kept` by the places that its nodes have in `order`.
void sort_by(const std::vector<NodeId>& order, std::vector<std::size_t>& place, KeepAlive& kept) {
  for (std::size_t i = 0; i < order.size(); ++i) place[static_cast<std::size_t>(order[i])] = i;
  const auto is_earlier = [&](const Kept& a, const Kept& b) {
    return place[static_cast<std::size_t>(a.until)] < place[static_cast<std::size_t>(b.until)];
  };
  std::stable_sort(kept.begin(), kept.end(), is_earlier);
}

}  // namespace

// Caches lie behind each other, and ranges that touch count as one.
AheadState::AheadState(const Graph& graph)
    : behind(graph.nodes.size(), kNoNode),
      place(graph.nodes.size(), 0),
      placed_with(graph.nodes.size()),
      waiting(graph.nodes.size()) {
  NodeId before = kNoNode;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].storage != Storage::kCache || graph.nodes[i].is_view()) continue;
    if (before != kNoNode) behind[static_cast<std::size_t>(before)] = static_cast<NodeId>(i);
    before = static_cast<NodeId>(i);
  }
}

void run_ahead(Graph& graph, std::size_t first, std::size_t last, const std::vector<int>& uses, bool protects,
               KeepAlive& keep, AheadState& state, std::vector<Standing>& standings) {
  const Window window(graph, first, last, uses);
  KeepAlive kept = protects ? inputs_of_packs(window, standings) : KeepAlive{};
  const std::vector<NodeId> order = Runner(graph, window, protects, state).run(standings);
  sort_by(order, state.place, kept);
  keep.insert(keep.end(), kept.begin(), kept.end());
  std::copy(order.begin(), order.end(), graph.order.begin() + static_cast<std::ptrdiff_t>(first));
}

}  // namespace lfmfit::graph
