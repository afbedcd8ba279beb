#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <vector>

#include "core/llamacpp/graph/graph.hpp"

namespace lfmfit::graph {

/// Reads a range of the order of execution; ids outside the range read as an empty node.
class Window {
 public:
  Window(const Graph& graph, std::size_t first, std::size_t last, const std::vector<int>& uses)
      : graph_(graph), first_(first), count_(last - first), uses_(uses) {}

  std::size_t size() const { return count_; }
  bool has(std::size_t i) const { return i < count_; }
  NodeId id(std::size_t i) const { return graph_.order[first_ + i]; }
  const Node& operator[](std::size_t i) const { return graph_[id(i)]; }
  bool is(std::size_t i, Op op) const { return has(i) && (*this)[i].op == op; }
  bool reads(std::size_t i, NodeId source, std::size_t slot = 0) const { return (*this)[i].sources[slot] == source; }
  int uses(std::size_t i) const { return uses_[static_cast<std::size_t>(id(i))]; }  ///< as a source of another
  const Graph& graph() const { return graph_; }

  /// ggml_can_fuse_subgraph: but for `results`, nothing outside [i, i + n) uses these nodes or shares their memory.
  bool is_closed(std::size_t i, std::size_t n, std::initializer_list<std::size_t> results) const {
    for (std::size_t k = i; k < i + n; ++k) {
      if (!has(k)) return false;
      if (std::find(results.begin(), results.end(), k) != results.end()) continue;
      if ((*this)[k].output) return false;
      int inside = 0;
      for (std::size_t user = k + 1; user < i + n; ++user) {
        for (NodeId source : (*this)[user].sources) {
          if (source == kNoNode) break;
          inside += source == id(k) ? 1 : 0;
        }
      }
      if (inside != uses_[static_cast<std::size_t>(id(k))]) return false;
      const NodeId root = (*this)[k].view_of;
      if (root != kNoNode && graph_[root].storage != Storage::kWeights && !contains(i, n, root)) return false;
    }
    return true;
  }

 private:
  bool contains(std::size_t i, std::size_t n, NodeId wanted) const {
    for (std::size_t k = i; k < i + n; ++k) {
      if (id(k) == wanted) return true;
    }
    return false;
  }

  const Graph& graph_;
  std::size_t first_, count_;
  const std::vector<int>& uses_;
};

}  // namespace lfmfit::graph
