#include "core/llamacpp/graph/schedule.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <utility>

#include "core/llamacpp/graph/fusion.hpp"
#include "core/llamacpp/graph/move_watch.hpp"
#include "core/llamacpp/graph/reorder.hpp"
#include "core/llamacpp/graph/run_ahead.hpp"

namespace lfmfit::graph {

namespace {

struct Split {
  int backend = 0;
  std::size_t first = 0;
  std::size_t last = 0;
  std::vector<NodeId> inputs;
};

/// A tensor on a backend, mostly another than its own.
struct Copies {
  NodeId first = kNoNode;
  std::vector<NodeId> further;  ///< of a pipeline
  std::size_t made_at = 0;      ///< position in the order of execution
};

/// Watches over repeats while the order of execution is cut: those that were left out would have been cut as the third
/// and fourth were if the same split goes on before and behind these, and they share copies with no others but the
/// first, which makes those that all share.
class RepeatWatch {
 public:
  RepeatWatch(const Graph& graph, const std::vector<Repeat>& repeats, int host, bool settled)
      : graph_(graph), repeats_(repeats), host_(host), settled_(settled) {}

  bool settled() const { return settled_; }

  /// Before the node at `position` joins `split` or begins another.
  void reach(std::size_t position, const Split& split) {
    position_ = position;
    const State state{split.backend, split.inputs.empty()};
    while (next_ < repeats_.size() && repeats_[next_].fourth <= position) {
      require(state == before_ && repeats_[next_].fourth == position);
      ++next_;
    }
    if (next_ < repeats_.size() && repeats_[next_].second == position) before_ = state;
  }

  /// Where `source`, which lies on `backend`, is copied for the first time. Of weights on GPUs, types do not tell
  /// layers apart, so that copies of theirs may differ in size.
  void require_new_source(NodeId source, int backend) {
    if (!is_inside()) return;
    require(source >= graph_.order[repeats_[next_].first]);
    require(graph_[source].storage != Storage::kWeights || backend == host_);
  }
  void require_own_copy(std::size_t made_at) {
    if (!is_inside()) return;
    const Repeat& repeat = repeats_[next_];
    require(made_at < repeat.first || made_at >= (position_ < repeat.third ? repeat.second : repeat.third));
  }

 private:
  struct State {
    int backend = kUnassigned;
    bool has_no_inputs = true;
    bool operator==(const State&) const = default;
  };

  bool is_inside() const { return next_ < repeats_.size() && position_ >= repeats_[next_].second; }
  void require(bool holds) { settled_ = settled_ && holds; }

  const Graph& graph_;
  const std::vector<Repeat>& repeats_;
  int host_;
  bool settled_;
  std::size_t position_ = 0, next_ = 0;  ///< in the order of execution, of the patterns
  State before_;
};

/// Pass 5 of ggml_backend_sched_split_graph and what follows: cut, copy, plan.
class Splitter {
 public:
  Splitter(Graph& graph, const std::vector<SchedulerBackend>& backends, const SchedulerOptions& options,
           const std::vector<Repeat>& repeats)
      : Splitter(graph, backends, options, repeats, assign_backends(graph, backends, options, repeats)) {}

  /// Whether repeats that were left out would have been assigned and cut as the third and fourth.
  bool settled() const { return watch_.settled() && moves_.settled(); }

  Plan run() {
    const std::vector<int> uses = count_uses(graph_);  // before copies take the place of some
    cut();
    optimize(uses);
    Plan plan;
    plan.graph = &graph_;
    plan.steps.reserve(graph_.order.size() + graph_.order.size() / 4);
    step_of_.reserve(graph_.order.size());
    for (const Split& split : splits_) emit(split, plan);
    step_of_.push_back(plan.steps.size());
    for (NodeId leaf : pipeline_leafs()) plan.leafs.push_back({leaf, at(leaf)});
    for (NodeId leaf : graph_.leafs) plan.leafs.push_back({leaf, at(leaf)});
    return plan;
  }

  /// The steps of the plan that correspond to the positions in the order of execution.
  std::vector<Repeat> as_steps(const std::vector<Repeat>& repeats) const {
    std::vector<Repeat> result;
    const auto step = [this](std::size_t position) { return step_of_[moves_.moved(position)]; };
    for (const Repeat& repeat : repeats) {
      result.push_back(
          {step(repeat.begin), step(repeat.first), step(repeat.second), step(repeat.third), step(repeat.fourth)});
    }
    return result;
  }

 private:
  Splitter(Graph& graph, const std::vector<SchedulerBackend>& backends, const SchedulerOptions& options,
           const std::vector<Repeat>& repeats, Assignment assigned)
      : graph_(graph),
        backends_(backends),
        options_(options),
        ids_(std::move(assigned.backends)),
        copies_by_node_(graph.nodes.size() * backends.size(), 0),
        moves_(repeats),
        watch_(graph, repeats, static_cast<int>(backends.size()) - 1, assigned.settled) {}

  int& at(NodeId id) { return ids_[static_cast<std::size_t>(id)]; }

  void cut() {
    std::size_t i = 0;
    while (i < graph_.order.size() && is_view_op(graph_[graph_.order[i]].op)) ++i;
    if (i == graph_.order.size()) return;
    splits_.push_back({at(graph_.order[i]), 0, 0, {}});
    for (; i < graph_.order.size(); ++i) {
      const NodeId id = graph_.order[i];
      position_ = i;
      watch_.reach(i, splits_.back());
      if (is_view_op(graph_[id].op)) continue;
      if (at(id) != splits_.back().backend || weight_from_elsewhere(id)) {
        splits_.back().last = i;
        splits_.push_back({at(id), i, 0, {}});
      }
      for (std::size_t j = 0; j < kMaxSources && graph_[id].sources[j] != kNoNode; ++j) {
        const NodeId source = graph_[id].sources[j];
        if (graph_[source].input && options_.copies > 1) make_graph_input(source);
        if (needs_copy(splits_.back().backend, id, source)) graph_[id].sources[j] = copy_for(splits_.back(), source);
      }
    }
    splits_.back().last = graph_.order.size();
    watch_.reach(graph_.order.size(), splits_.back());
    if (options_.copies > 1 && options_.copies_unused_inputs) copy_unused_inputs();
  }

  void copy_unused_inputs() {
    const std::vector<NodeId> leafs = graph_.leafs;
    for (const NodeId leaf : leafs) {
      if (graph_[leaf].input) make_graph_input(leaf);
    }
  }

  // A new split lets the memory of weights that were copied for the previous one be used again.
  bool weight_from_elsewhere(NodeId id) {
    if (splits_.back().inputs.empty()) return false;
    for (NodeId source : graph_[id].sources) {
      if (source == kNoNode) break;
      if (graph_[source].storage == Storage::kWeights && needs_copy(splits_.back().backend, id, source)) return true;
    }
    return false;
  }

  bool needs_copy(int backend, NodeId id, NodeId source) {
    return !reads_in_place(backends_, backend, graph_[id], at(source), graph_[source]);
  }

  NodeId duplicate(NodeId source, int backend, bool pinned) {
    Node copy = graph_[source];
    copy.op = Op::kNone;
    copy.storage = Storage::kCompute;
    copy.place = kUnassigned;
    copy.view_of = kNoNode;
    copy.view_offset = 0;
    copy.input = copy.output = pinned;
    copy.sources.fill(kNoNode);
    graph_.nodes.push_back(copy);
    ids_.push_back(backend);
    return static_cast<NodeId>(graph_.nodes.size() - 1);
  }

  void make_graph_input(NodeId source) {
    Copies& copies = copies_of(source, at(source));
    if (copies.first != kNoNode) return;
    watch_.require_new_source(source, at(source));
    graph_[source].output = true;
    copies.first = source;
    for (int c = 1; c < options_.copies; ++c) copies.further.push_back(duplicate(source, at(source), true));
    graph_inputs_.push_back(source);
  }

  NodeId copy_for(Split& split, NodeId source) {
    Copies& copies = copies_of(source, split.backend);
    if (copies.first != kNoNode) {
      watch_.require_own_copy(copies.made_at);
      return copies.first;
    }
    watch_.require_new_source(source, at(source));
    const bool pinned = options_.copies > 1;
    copies.made_at = position_;
    copies.first = duplicate(source, split.backend, pinned);
    for (int c = 1; c < options_.copies; ++c) copies.further.push_back(duplicate(source, split.backend, pinned));
    split.inputs.push_back(source);
    return copies.first;
  }

  /// `id` is of the graph as it was built.
  Copies& copies_of(NodeId id, int backend) {
    std::int32_t& number =
        copies_by_node_[static_cast<std::size_t>(id) * backends_.size() + static_cast<std::size_t>(backend)];
    if (number == 0) {
      copies_.emplace_back();
      number = static_cast<std::int32_t>(copies_.size());
    }
    return copies_[static_cast<std::size_t>(number) - 1];
  }

  void optimize(const std::vector<int>& uses) {
    std::optional<AheadState> ahead;
    for (const Split& split : splits_) {
      const SchedulerBackend& backend = backends_[static_cast<std::size_t>(split.backend)];
      std::vector<Standing> standings;
      if (backend.moves_nodes()) standings = moves_.standings_in(split.first, split.last);
      if (backend.joins_shared_expert) join_shared_experts(graph_, split.first, split.last, keep_shared_);
      if (backend.keeps_fused_inputs) keep_fused_inputs(graph_, split.first, split.last, uses, keep_);
      if (backend.reorders_nodes)
        reorder_nodes(graph_, split.first, split.last, uses, backend.protects_fusions, keep_, standings);
      if (backend.runs_nodes_ahead) {
        if (!ahead) ahead.emplace(graph_);
        run_ahead(graph_, split.first, split.last, uses, backend.protects_fusions, keep_, *ahead, standings);
      }
      moves_.note(std::move(standings), split.first);
    }
  }

  // A step without operation whose sources live at least until then.
  void emit_marker(const std::vector<NodeId>& kept, int buffer, Plan& plan) {
    for (std::size_t k = 0; k < kept.size(); k += kMaxSources) {
      Node marker;
      marker.view_of = kept[k];
      for (std::size_t s = 0; s < kMaxSources && k + s < kept.size(); ++s) marker.sources[s] = kept[k + s];
      graph_.nodes.push_back(marker);
      ids_.push_back(buffer);
      plan.steps.push_back({static_cast<NodeId>(graph_.nodes.size() - 1), buffer});
    }
  }

  void emit(const Split& split, Plan& plan) {
    for (NodeId input : split.inputs) {
      emit_marker({input}, at(input), plan);
      plan.steps.push_back({copies_of(input, split.backend).first, split.backend});
    }
    for (std::size_t i = split.first; i < split.last; ++i) {
      const NodeId id = graph_.order[i];
      step_of_.push_back(plan.steps.size());
      plan.steps.push_back({id, at(id)});
      emit_kept(keep_shared_, next_kept_shared_, id, split.backend, plan);
      emit_kept(keep_, next_kept_, id, split.backend, plan);
    }
  }

  void emit_kept(const KeepAlive& kept, std::size_t& next, NodeId id, int backend, Plan& plan) {
    if (next == kept.size() || kept[next].until != id) return;
    emit_marker(kept[next++].tensors, backend, plan);
  }

  std::vector<NodeId> pipeline_leafs() {
    std::vector<NodeId> leafs;
    if (options_.copies == 1) return leafs;
    const auto add = [&](const Copies& copies) {
      leafs.push_back(copies.first);
      leafs.insert(leafs.end(), copies.further.begin(), copies.further.end());
    };
    for (NodeId input : graph_inputs_) add(copies_of(input, at(input)));
    for (const Split& split : splits_) {
      for (NodeId input : split.inputs) add(copies_of(input, split.backend));
    }
    return leafs;
  }

  Graph& graph_;
  const std::vector<SchedulerBackend>& backends_;
  const SchedulerOptions& options_;
  std::vector<int> ids_;
  std::vector<Split> splits_;
  std::vector<NodeId> graph_inputs_;
  std::deque<Copies> copies_;
  std::vector<std::int32_t> copies_by_node_;  ///< by node and backend: numbers from 1 on in copies_; 0: none
  KeepAlive keep_, keep_shared_;
  std::size_t next_kept_ = 0, next_kept_shared_ = 0;
  std::vector<std::size_t> step_of_;  ///< by position in the order of execution
  MoveWatch moves_;
  RepeatWatch watch_;
  std::size_t position_ = 0;  ///< that is cut, in the order of execution
};

}  // namespace

Allocation schedule(Graph& graph, const std::vector<SchedulerBackend>& backends, const SchedulerOptions& options,
                    const std::vector<Repeat>& repeats) {
  std::vector<BufferRules> rules;
  for (const SchedulerBackend& backend : backends) rules.push_back(backend.rules);
  Splitter splitter(graph, backends, options, repeats);
  Plan plan = splitter.run();
  if (!splitter.settled()) return {{}, false};
  plan.repeats = splitter.as_steps(repeats);
  return allocate(plan, rules);
}

}  // namespace lfmfit::graph
