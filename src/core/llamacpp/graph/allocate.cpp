#include "core/llamacpp/graph/allocate.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/llamacpp/graph/free_memory.hpp"
#include "core/llamacpp/graph/kernel_scratch.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit::graph {

namespace {

/// One or two tokens are computed by a kernel that reads keys and values as they are, for the heads and types it is
/// built for (ggml-cuda's fattn.cu, ggml_cuda_get_best_fattn_kernel; GGML_CUDA_FA_QUANTS as by default).
bool reads_rows_as_stored(const Node& q, const Node& k, const Node& v) {
  constexpr std::array<std::string_view, 4> kBuiltFor{"f16", "bf16", "q8_0", "q4_0"};
  constexpr std::int64_t kWideHead = 256, kManyCells = 8192, kFewHeadsPerKey = 4;
  const bool built =
      k.type->name == v.type->name && std::find(kBuiltFor.begin(), kBuiltFor.end(), k.type->name) != kBuiltFor.end();
  if (!built || q.ne[0] > kWideHead || q.ne[0] % 64 != 0 || q.ne[0] == 192) return false;
  if (k.type->quantized) return q.ne[1] <= 2;
  const std::int64_t heads_per_key = q.ne[2] / k.ne[2];
  const bool shared_loads_pay = heads_per_key > kFewHeadsPerKey && (q.ne[0] == kWideHead || k.ne[1] >= kManyCells);
  return q.ne[1] == 1 && (heads_per_key == 1 || (q.ne[3] == 1 && !shared_loads_pay));
}

bool can_run_in_place(Op op) { return op >= Op::kAdd && op <= Op::kFill; }

/// The state of ggml_gallocr while it walks the graph.
class Allocator {
 public:
  Allocator(const Plan& plan, const std::vector<BufferRules>& buffers)
      : plan_(plan), graph_(*plan.graph), rules_(buffers), tensors_(graph_.nodes.size()) {
    for (const BufferRules& rules : buffers) free_.emplace_back(rules.largest_chunk);
  }

  Allocation run() {
    for (const Step& leaf : plan_.leafs) allocate(leaf.node, leaf.buffer);
    count_uses();
    Allocation result;
    std::size_t done = 0;
    const auto execute_until = [&](std::size_t end) {
      while (done < end) execute(plan_.steps[done++]);
    };
    for (const Repeat& repeat : plan_.repeats) {
      execute_until(repeat.second);
      const std::vector<std::int64_t> before = describe(repeat.begin, repeat.first, repeat.second);
      execute_until(repeat.fourth);
      result.settled =
          result.settled && !before.empty() && before == describe(repeat.begin, repeat.third, repeat.fourth);
    }
    execute_until(plan_.steps.size());
    for (const FreeMemory& memory : free_) result.sizes.push_back(memory.high_water());
    return result;
  }

 private:
  struct State {
    Address address;
    std::int64_t size = 0;  ///< bytes that were taken there, padded
    std::int32_t children = 0;
    std::int32_t views = 0;
    std::int32_t buffer = 0;
    bool allocated = false;
  };

  State& state(NodeId id) { return tensors_[static_cast<std::size_t>(id)]; }
  const State& state(NodeId id) const { return tensors_[static_cast<std::size_t>(id)]; }

  // All that decides what happens next: free memory and the tensors of the repeat [first, last). What was made before
  // `begin` has the same place in all repeats, and so have copies of inputs, which the first repeat makes. Empty if a
  // tensor of an earlier repeat lives.
  std::vector<std::int64_t> describe(std::size_t begin, std::size_t first, std::size_t last) const {
    std::int64_t copies = 0;
    for (std::size_t i = begin; i < first; ++i) {
      const NodeId id = plan_.steps[i].node;
      if (!state(id).allocated) continue;
      if (graph_[id].op != Op::kNone) return {};
      ++copies;
    }
    std::vector<std::int64_t> all{copies};
    for (const FreeMemory& memory : free_) memory.describe(all);
    for (std::size_t i = first; i < last; ++i) {
      const State& s = state(plan_.steps[i].node);
      if (s.allocated)
        all.insert(all.end(),
                   {static_cast<std::int64_t>(i - first), s.address.chunk, s.address.offset, s.size, s.buffer});
      if (s.children > 0 || s.views > 0)
        all.insert(all.end(), {static_cast<std::int64_t>(i - first), s.children, s.views});
    }
    all.push_back(static_cast<std::int64_t>(last - first));
    return all;
  }
  std::int64_t padded_size(const Node& node, int buffer) const {
    const BufferRules& rules = rules_[static_cast<std::size_t>(buffer)];
    return round_up(allocation_size(graph_, node, rules), rules.alignment);
  }
  FreeMemory& memory_of(NodeId id) { return free_[static_cast<std::size_t>(state(id).buffer)]; }

  void count_uses() {
    for (const Step& step : plan_.steps) {
      const Node& node = graph_[step.node];
      // kNone among the steps only marks how long something must live
      if (node.is_view() && node.op != Op::kNone) ++state(node.view_of).views;
      if (node.input) allocate(step.node, step.buffer);
      for (NodeId source : node.sources) {
        if (source == kNoNode) break;
        ++state(source).children;
        if (graph_[source].input) allocate(source, step.buffer);
      }
    }
  }

  void execute(const Step& step) {
    const Node& node = graph_[step.node];
    for (NodeId source : node.sources) {
      if (source == kNoNode) break;
      allocate(source, step.buffer);
    }
    allocate(step.node, step.buffer);
    for (NodeId source : node.sources) {
      if (source == kNoNode) break;
      release(source);
    }
  }

  void allocate(NodeId id, int buffer) {
    const Node& node = graph_[id];
    State& own = state(id);
    if (own.allocated || node.storage != Storage::kCompute || node.is_view()) return;
    own.allocated = true;
    if (can_run_in_place(node.op) && reuse_source(id)) return;
    own.buffer = buffer;
    own.size = padded_size(node, buffer);
    own.address = free_[static_cast<std::size_t>(buffer)].take(own.size);
  }

  bool reuse_source(NodeId id) {
    const Node& node = graph_[id];
    for (NodeId source : node.sources) {
      if (source == kNoNode) break;
      const Node& parent = graph_[source];
      // weights, caches and views are not the allocator's to give away
      if (!state(source).allocated || parent.output) continue;
      if (parent.type != node.type || parent.ne != node.ne || parent.nb != node.nb) continue;
      if (state(source).children != 1 || state(source).views != 0) continue;
      take_over(id, source);
      return true;
    }
    return false;
  }

  void take_over(NodeId id, NodeId from) {
    State& own = state(id);
    own.buffer = state(from).buffer;
    own.address = state(from).address;
    own.size = padded_size(graph_[id], own.buffer);
    state(from).allocated = false;
    const std::int64_t had = state(from).size;
    if (had > own.size) memory_of(id).give({own.address.chunk, own.address.offset + own.size}, had - own.size);
  }

  void release(NodeId id) {
    State& own = state(id);
    if (--own.children > 0 || own.views > 0) return;
    const Node& node = graph_[id];
    if (!node.is_view()) {
      free(id);
      return;
    }
    State& root = state(node.view_of);
    --root.views;
    if (root.views == 0 && root.children == 0) free(node.view_of);
  }

  void free(NodeId id) {
    if (!state(id).allocated || graph_[id].output) return;
    memory_of(id).give(state(id).address, state(id).size);
    state(id).allocated = false;
  }

  const Plan& plan_;
  const Graph& graph_;
  const std::vector<BufferRules>& rules_;
  std::vector<State> tensors_;
  std::vector<FreeMemory> free_;
};

}  // namespace

std::int64_t allocation_size(const Graph& graph, const Node& node, const BufferRules& rules) {
  std::int64_t size = byte_count(node);
  if (node.type->quantized && rules.row_padding > 0 && node.ne[0] % rules.row_padding != 0) {
    size += row_bytes(*node.type, rules.row_padding - node.ne[0] % rules.row_padding).count();
  }
  if (node.op == Op::kFlashAttention && rules.flash_attention_scratch) {
    const Node& k = graph[node.sources[1]];
    const Node& v = graph[node.sources[2]];
    if (reads_rows_as_stored(graph[node.sources[0]], k, v)) return size;
    const bool one_tensor =
        v.is_view() && (v.view_of == node.sources[1] || (v.view_of == k.view_of && v.view_offset == k.view_offset));
    if (k.type != &kF16 && k.type->name != kF16.name)
      size = checked_add(round_up(size, 128), checked_multiply(element_count(k.ne), 2));
    if (v.type != &kF16 && v.type->name != kF16.name && !one_tensor) {
      size = checked_add(round_up(size, 128), checked_multiply(element_count(v.ne), 2));
    }
  }
  if (rules.kernel_scratch) size = checked_add(size, kernel_scratch(graph, node, rules.copies_caches));
  return size;
}

Allocation allocate(const Plan& plan, const std::vector<BufferRules>& buffers) {
  return Allocator(plan, buffers).run();
}

}  // namespace lfmfit::graph
