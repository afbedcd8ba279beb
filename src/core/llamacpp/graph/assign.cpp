#include <algorithm>

#include "core/llamacpp/graph/schedule.hpp"
#include "core/llamacpp/placement.hpp"

namespace lfmfit::graph {

namespace {

/// The four passes of ggml_backend_sched_split_graph that give every tensor a backend.
class Assigner {
 public:
  Assigner(const Graph& graph, const std::vector<SchedulerBackend>& backends, const SchedulerOptions& options)
      : graph_(graph),
        backends_(backends),
        options_(options),
        cpu_(static_cast<int>(backends.size()) - 1),
        ids_(graph.nodes.size(), kUnassigned) {}

  std::vector<int> run() {
    for (NodeId leaf : graph_.leafs) at(leaf) = from_location(leaf);
    for (NodeId node : graph_.order) at(node) = from_location(node);
    spread(true, true);
    spread(true, false);
    spread(false, true);
    spread(false, false);
    assign_the_rest();
    follow_users();
    return std::move(ids_);
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

  // Pass 2: neighbours in the order of execution share a backend; first the GPUs spread, then the CPU too.
  void spread(bool gpus_only, bool down) {
    int current = kUnassigned;
    const auto visit = [&](NodeId id) {
      if (is_view_op(graph_[id].op)) return;
      if (at(id) != kUnassigned) {
        current = gpus_only && at(id) == cpu_ ? kUnassigned : at(id);
      } else if (current != kUnassigned && supports(current, id)) {
        at(id) = current;
      }
    };
    if (down) {
      std::for_each(graph_.order.begin(), graph_.order.end(), visit);
    } else {
      std::for_each(graph_.order.rbegin(), graph_.order.rend(), visit);
    }
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
          if (buffer_of(source) == backend) ++count;
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
  int cpu_;
  std::vector<int> ids_;
};

}  // namespace

std::vector<int> assign_backends(const Graph& graph, const std::vector<SchedulerBackend>& backends,
                                 const SchedulerOptions& options) {
  return Assigner(graph, backends, options).run();
}

}  // namespace lfmfit::graph
