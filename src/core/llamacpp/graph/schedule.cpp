#include "core/llamacpp/graph/schedule.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/llamacpp/graph/fusion.hpp"
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

/// Pass 5 of ggml_backend_sched_split_graph and what follows: cut, copy, plan.
class Splitter {
 public:
  Splitter(Graph& graph, const std::vector<SchedulerBackend>& backends, const SchedulerOptions& options)
      : graph_(graph), backends_(backends), options_(options), ids_(assign_backends(graph, backends, options)) {}

  Plan run() {
    const std::vector<int> uses = count_uses(graph_);  // before copies take the place of some
    cut();
    optimize(uses);
    Plan plan;
    plan.graph = &graph_;
    plan.steps.reserve(graph_.order.size() + graph_.order.size() / 4);
    step_of_.reserve(graph_.order.size());
    for (const Split& split : splits_) emit(split, plan);
    for (NodeId leaf : pipeline_leafs()) plan.leafs.push_back({leaf, at(leaf)});
    for (NodeId leaf : graph_.leafs) plan.leafs.push_back({leaf, at(leaf)});
    return plan;
  }

  /// True if all that follows the first repeat of each pattern runs in one split.
  bool in_one_split(const std::vector<Repeat>& repeats) const {
    return std::all_of(repeats.begin(), repeats.end(),
                       [&](const Repeat& repeat) { return !splits_.empty() && splits_.back().first <= repeat.first; });
  }

  /// The steps of the plan that correspond to the positions in the order of execution.
  std::vector<Repeat> as_steps(const std::vector<Repeat>& repeats) const {
    std::vector<Repeat> result;
    for (const Repeat& repeat : repeats) {
      result.push_back({step_of_[repeat.begin], step_of_[repeat.first], step_of_[repeat.second], step_of_[repeat.third],
                        step_of_[repeat.fourth]});
    }
    return result;
  }

 private:
  int& at(NodeId id) { return ids_[static_cast<std::size_t>(id)]; }

  void cut() {
    std::size_t i = 0;
    while (i < graph_.order.size() && is_view_op(graph_[graph_.order[i]].op)) ++i;
    if (i == graph_.order.size()) return;
    splits_.push_back({at(graph_.order[i]), 0, 0, {}});
    for (; i < graph_.order.size(); ++i) {
      const NodeId id = graph_.order[i];
      if (is_view_op(graph_[id].op)) continue;
      if (at(id) != splits_.back().backend || weight_from_elsewhere(id)) {
        splits_.back().last = i;
        splits_.push_back({at(id), i, 0, {}});
      }
      for (std::size_t j = 0; j < kMaxSources && graph_[id].sources[j] != kNoNode; ++j) {
        const NodeId source = graph_[id].sources[j];
        if (graph_[source].input && options_.copies > 1) make_graph_input(source);
        if (at(source) != splits_.back().backend) graph_[id].sources[j] = copy_for(splits_.back(), source);
      }
    }
    splits_.back().last = graph_.order.size();
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
      if (graph_[source].storage == Storage::kWeights && at(source) != splits_.back().backend) return true;
    }
    return false;
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
    std::vector<NodeId>& all = copies_[key(source, at(source))];
    if (!all.empty()) return;
    graph_[source].output = true;
    all.push_back(source);
    for (int c = 1; c < options_.copies; ++c) all.push_back(duplicate(source, at(source), true));
    graph_inputs_.push_back(source);
  }

  NodeId copy_for(Split& split, NodeId source) {
    std::vector<NodeId>& all = copies_[key(source, split.backend)];
    if (all.empty()) {
      const bool pinned = options_.copies > 1;
      for (int c = 0; c < options_.copies; ++c) all.push_back(duplicate(source, split.backend, pinned));
      split.inputs.push_back(source);
    }
    return all.front();
  }

  static std::int64_t key(NodeId id, int backend) { return (static_cast<std::int64_t>(id) << 8) | backend; }

  void optimize(const std::vector<int>& uses) {
    for (const Split& split : splits_) {
      const SchedulerBackend& backend = backends_[static_cast<std::size_t>(split.backend)];
      if (backend.joins_shared_expert) join_shared_experts(graph_, split.first, split.last, keep_shared_);
      if (backend.keeps_fused_inputs) keep_fused_inputs(graph_, split.first, split.last, uses, keep_);
      if (backend.reorders_nodes) reorder_nodes(graph_, split.first, split.last, uses, backend.protects_fusions, keep_);
      if (backend.runs_nodes_ahead) run_ahead(graph_, split.first, split.last, uses, backend.protects_fusions, keep_);
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
      plan.steps.push_back({copies_[key(input, split.backend)].front(), split.backend});
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
    for (NodeId input : graph_inputs_) {
      for (NodeId copy : copies_[key(input, at(input))]) leafs.push_back(copy);
    }
    for (const Split& split : splits_) {
      for (NodeId input : split.inputs) {
        for (NodeId copy : copies_[key(input, split.backend)]) leafs.push_back(copy);
      }
    }
    return leafs;
  }

  Graph& graph_;
  const std::vector<SchedulerBackend>& backends_;
  const SchedulerOptions& options_;
  std::vector<int> ids_;
  std::vector<Split> splits_;
  std::vector<NodeId> graph_inputs_;
  std::unordered_map<std::int64_t, std::vector<NodeId>> copies_;
  KeepAlive keep_, keep_shared_;
  std::size_t next_kept_ = 0, next_kept_shared_ = 0;
  std::vector<std::size_t> step_of_;  ///< by position in the order of execution
};

}  // namespace

Allocation schedule(Graph& graph, const std::vector<SchedulerBackend>& backends, const SchedulerOptions& options,
                    const std::vector<Repeat>& repeats) {
  std::vector<BufferRules> rules;
  for (const SchedulerBackend& backend : backends) rules.push_back(backend.rules);
  Splitter splitter(graph, backends, options);
  Plan plan = splitter.run();
  if (!splitter.in_one_split(repeats)) return {{}, false};
  plan.repeats = splitter.as_steps(repeats);
  return allocate(plan, rules);
}

}  // namespace lfmfit::graph
