#include <algorithm>

#include "core/llamacpp/graph/schedule.hpp"
#include "core/llamacpp/placement.hpp"

namespace lfmfit::graph {

namespace {

/// The four passes of ggml_backend_sched_split_graph that give every tensor a backend.
class Assigner {
 public:
  Assigner(const Graph& graph, const std::vector<SchedulerBackend>& backends, const SchedulerOptions& options,
           const std::vector<Repeat>& repeats)
      : graph_(graph),
        backends_(backends),
        options_(options),
        repeats_(repeats),
        cpu_(static_cast<int>(backends.size()) - 1),
        ids_(graph.nodes.size(), kUnassigned) {}

  Assignment run() {
    for (NodeId leaf : graph_.leafs) at(leaf) = from_location(leaf);
    for (NodeId node : graph_.order) at(node) = from_location(node);
    count_unassigned();
    spread(true, true);
    spread(true, false);
    spread(false, true);
    spread(false, false);
    assign_the_rest();
    follow_users();
    return {std::move(ids_), settled_};
  }

 private:
  int& at(NodeId id) { return ids_[static_cast<std::size_t>(id)]; }

  bool supports(int backend, NodeId id) const {
    const auto& list = backends_[static_cast<std::size_t>(backend)].unsupported;
    return !std::binary_search(list.begin(), list.end(), id);
  }

  // Pass 1: where data already lies decides.
  int from_location(NodeId id) const {
    const Node& node = graph_[id];
    if (node.place != kUnassigned) return node.place;
    if (node.is_view() && graph_[node.view_of].place != kUnassigned) return graph_[node.view_of].place;
    if (node.input) return cpu_;
    // the tables that rope and attention read are too small to decide where they run
    if (node.op == Op::kRope || node.op == Op::kFlashAttention) return kUnassigned;
    for (NodeId source : node.sources) {
      if (source == kNoNode) break;
      if (graph_[source].storage != Storage::kWeights) continue;
      const int place = graph_[source].place;
      if (!supports(place, id)) return kUnassigned;
      if (place == cpu_) {
        for (int backend = 0; backend < cpu_; ++backend) {
          if (supports(backend, id) && reads_in_place(backends_, backend, node, cpu_, graph_[source])) return backend;
        }
      }
      if (place != cpu_ || !options_.op_offload) return place;
      for (int backend = 0; backend < cpu_; ++backend) {
        if (supports(backend, id) && batch_of(node) >= kMinOffloadedBatch) return backend;
      }
      return place;
    }
    return kUnassigned;
  }

  static std::int64_t batch_of(const Node& node) {
    switch (node.op) {
      case Op::kGetRows: return 0;
      case Op::kMulMat: return node.ne[1];
      case Op::kMulMatId:
      case Op::kRope: return node.ne[2];
      default: return node.ne[1] * node.ne[2] * node.ne[3];
    }
  }

  void count_unassigned() {
    unassigned_ = std::count_if(graph_.order.begin(), graph_.order.end(),
                                [&](NodeId id) { return at(id) == kUnassigned && !is_view_op(graph_[id].op); });
  }

  // Pass 2: neighbours in the order of execution share a backend; first the GPUs spread, then the CPU too. Repeats that
  // were left out get what the third and fourth have if what spreads is the same before and behind those two.
  void spread(bool gpus_only, bool down) {
    if (unassigned_ == 0) return;
    int current = kUnassigned;
    std::size_t at_position = down ? 0 : graph_.order.size();  // what was visited ends there
    const auto visit = [&](NodeId id) {
      if (is_view_op(graph_[id].op)) return;
      if (at(id) != kUnassigned) {
        current = gpus_only && at(id) == cpu_ ? kUnassigned : at(id);
      } else if (current != kUnassigned && supports(current, id)) {
        at(id) = current;
        --unassigned_;
      }
    };
    const auto visit_until = [&](std::size_t position) {
      while (at_position < position) visit(graph_.order[at_position++]);
      while (at_position > position) visit(graph_.order[--at_position]);
      return current;
    };
    for (std::size_t i = 0; i < repeats_.size(); ++i) {
      const Repeat& repeat = down ? repeats_[i] : repeats_[repeats_.size() - 1 - i];
      const int before = visit_until(down ? repeat.second : repeat.fourth);
      if (visit_until(down ? repeat.fourth : repeat.second) != before) settled_ = false;
    }
    visit_until(down ? graph_.order.size() : 0);
  }

  // Pass 3: what no neighbour could run goes where most of its sources are.
  void assign_the_rest() {
    for (NodeId id : graph_.order) {
      if (is_view_op(graph_[id].op) || at(id) != kUnassigned) continue;
      int best_count = -1;
      for (int backend = 0; backend <= cpu_; ++backend) {
        if (!supports(backend, id)) continue;
        int count = 0;
        for (NodeId source : graph_[id].sources) {
          if (source == kNoNode) break;
          if (reads_in_place(backends_, backend, graph_[id], buffer_of(source), graph_[source])) ++count;
        }
        if (count > best_count) {
          best_count = count;
          at(id) = backend;
        }
      }
    }
  }

  int buffer_of(NodeId id) {
    const Node& node = graph_[id];
    if (at(id) != kUnassigned) return at(id);
    return node.is_view() ? at(node.view_of) : kUnassigned;
  }

  // Pass 4: views and leafs follow their owner or their user.
  void follow_users() {
    for (NodeId id : graph_.order) {
      const Node& node = graph_[id];
      if (node.is_view() && at(id) == kUnassigned) at(id) = at(node.view_of);
      for (NodeId source : node.sources) {
        if (source == kNoNode) break;
        if (at(source) != kUnassigned) continue;
        at(source) = graph_[source].is_view() ? at(graph_[source].view_of) : at(id);
      }
      for (int backend = 0; backend <= cpu_ && at(id) == kUnassigned; ++backend) {
        if (supports(backend, id)) at(id) = backend;
      }
    }
  }

  const Graph& graph_;
  const std::vector<SchedulerBackend>& backends_;
  const SchedulerOptions& options_;
  const std::vector<Repeat>& repeats_;
  int cpu_;
  std::vector<int> ids_;
  std::ptrdiff_t unassigned_ = 0;  ///< operations
  bool settled_ = true;
};

}  // namespace

Assignment assign_backends(const Graph& graph, const std::vector<SchedulerBackend>& backends,
                           const SchedulerOptions& options, const std::vector<Repeat>& repeats) {
  return Assigner(graph, backends, options, repeats).run();
}

}  // namespace lfmfit::graph
