#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/llamacpp/graph/fusion.hpp"
#include "core/llamacpp/graph/graph.hpp"
#include "core/llamacpp/graph/standing.hpp"

namespace lfmfit::graph {

/// The memory that a set of nodes reads and writes, by the tensor that owns it.
class Touched {
 public:
  explicit Touched(std::size_t nodes) : read_(nodes, 0), written_(nodes, 0) {}

  void clear() { ++now_; }
  void read(NodeId id) { read_[index(id)] = now_; }
  void write(NodeId id) { written_[index(id)] = now_; }
  bool is_written(NodeId id) const { return id != kNoNode && written_[index(id)] == now_; }
  bool is_touched(NodeId id) const { return is_written(id) || (id != kNoNode && read_[index(id)] == now_); }

 private:
  static std::size_t index(NodeId id) { return static_cast<std::size_t>(id); }

  std::vector<std::int32_t> read_, written_;  ///< when it was last
  std::int32_t now_ = 1;
};

/// What run_ahead looks at, as large as the graph and therefore made once for all parts of it.
struct AheadState {
  explicit AheadState(const Graph& graph);

  std::vector<NodeId> behind;      ///< by id: the cache that lies right behind
  std::vector<std::size_t> place;  ///< by id: where the order has it
  Touched placed_with, waiting;
};

/// Moves the nodes order[first, last) as ggml-metal does before memory is planned (ggml_graph_optimize): a node that
/// waits for none of those before it runs together with the last ones that were placed. `uses` as of count_uses. With
/// `protects` as builds do since 0.5.0: nodes are packed by a table of fusions, whose inputs live until their end;
/// these are appended to `keep`. `standings` are filled in.
void run_ahead(Graph& graph, std::size_t first, std::size_t last, const std::vector<int>& uses, bool protects,
               KeepAlive& keep, AheadState& state, std::vector<Standing>& standings);

}  // namespace lfmfit::graph
