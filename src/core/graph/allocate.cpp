#include "core/graph/allocate.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "lfmfit/units.hpp"

namespace lfmfit::graph {

namespace {

/// The free blocks of one buffer, by address. The last one is open-ended.
class FreeList {
 public:
  explicit FreeList(std::int64_t alignment) : alignment_(alignment) {}

  std::int64_t padded(std::int64_t size) const { return round_up(size, alignment_); }

  std::int64_t take(std::int64_t size) {
    size = padded(size);
    std::size_t best = blocks_.size() - 1;
    std::int64_t best_size = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = 0; i + 1 < blocks_.size(); ++i) {
      // <=: of equal blocks ggml takes the later one
      if (blocks_[i].size >= size && blocks_[i].size <= best_size) {
        best = i;
        best_size = blocks_[i].size;
      }
    }
    Block& block = blocks_[best];
    const std::int64_t offset = block.offset;
    block.offset += size;
    block.size -= size;
    if (block.size == 0) blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(best));
    high_water_ = std::max(high_water_, offset + size);
    return offset;
  }

  void give(std::int64_t offset, std::int64_t size) {
    size = padded(size);
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      if (blocks_[i].offset + blocks_[i].size == offset) {
        blocks_[i].size += size;
        merge(i);
        return;
      }
      if (offset + size == blocks_[i].offset) {
        blocks_[i].offset = offset;
        blocks_[i].size += size;
        if (i > 0) merge(i - 1);
        return;
      }
    }
    const auto after = std::find_if(blocks_.begin(), blocks_.end(), [&](const Block& b) { return b.offset >= offset; });
    blocks_.insert(after, Block{offset, size});
  }

  std::int64_t high_water() const { return high_water_; }

 private:
  struct Block {
    std::int64_t offset, size;
  };

  void merge(std::size_t i) {
    if (i + 1 < blocks_.size() && blocks_[i].offset + blocks_[i].size == blocks_[i + 1].offset) {
      blocks_[i].size += blocks_[i + 1].size;
      blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(i + 1));
    }
  }

  std::int64_t alignment_;
  std::int64_t high_water_ = 0;
  std::vector<Block> blocks_{{0, std::numeric_limits<std::int64_t>::max() / 4}};
};

/// One or two tokens are computed by a kernel that reads keys and values as they are, for the heads and types it is built
/// for (ggml-cuda's fattn.cu, ggml_cuda_get_best_fattn_kernel; GGML_CUDA_FA_QUANTS as by default).
bool reads_rows_as_stored(const Node& q, const Node& k, const Node& v) {
  constexpr std::array<std::string_view, 4> kBuiltFor{"f16", "bf16", "q8_0", "q4_0"};
  constexpr std::int64_t kWideHead = 256, kManyCells = 8192, kFewHeadsPerKey = 4;
  const bool built = k.type->name == v.type->name && std::find(kBuiltFor.begin(), kBuiltFor.end(), k.type->name) != kBuiltFor.end();
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
    for (const BufferRules& rules : buffers) free_.emplace_back(rules.alignment);
  }

  std::vector<std::int64_t> run() {
    for (const Step& leaf : plan_.leafs) allocate(leaf.node, leaf.buffer);
    count_uses();
    for (const Step& step : plan_.steps) execute(step);
    std::vector<std::int64_t> sizes;
    for (const FreeList& list : free_) sizes.push_back(list.high_water());
    return sizes;
  }

 private:
  struct State {
    std::int32_t children = 0;
    std::int32_t views = 0;
    std::int32_t buffer = 0;
    std::int64_t offset = 0;
    bool allocated = false;
  };

  State& state(NodeId id) { return tensors_[static_cast<std::size_t>(id)]; }
  std::int64_t size_of(NodeId id) const {
    const State& s = tensors_[static_cast<std::size_t>(id)];
    return allocation_size(graph_, graph_[id], rules_[static_cast<std::size_t>(s.buffer)]);
  }
  FreeList& list_of(NodeId id) { return free_[static_cast<std::size_t>(state(id).buffer)]; }

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
    own.offset = free_[static_cast<std::size_t>(buffer)].take(
        allocation_size(graph_, node, rules_[static_cast<std::size_t>(buffer)]));
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
    own.offset = state(from).offset;
    state(from).allocated = false;
    const std::int64_t had = list_of(from).padded(size_of(from));
    const std::int64_t needs = list_of(from).padded(size_of(id));
    if (had > needs) list_of(from).give(own.offset + needs, had - needs);
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
    list_of(id).give(state(id).offset, size_of(id));
    state(id).allocated = false;
  }

  const Plan& plan_;
  const Graph& graph_;
  const std::vector<BufferRules>& rules_;
  std::vector<State> tensors_;
  std::vector<FreeList> free_;
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
    const bool one_tensor = v.is_view() && (v.view_of == node.sources[1] || (v.view_of == k.view_of && v.view_offset == k.view_offset));
    if (k.type != &kF16 && k.type->name != kF16.name) size = checked_add(round_up(size, 128), checked_multiply(element_count(k.ne), 2));
    if (v.type != &kF16 && v.type->name != kF16.name && !one_tensor) {
      size = checked_add(round_up(size, 128), checked_multiply(element_count(v.ne), 2));
    }
  }
  return size;
}

std::vector<std::int64_t> allocate(const Plan& plan, const std::vector<BufferRules>& buffers) {
  return Allocator(plan, buffers).run();
}

}  // namespace lfmfit::graph
