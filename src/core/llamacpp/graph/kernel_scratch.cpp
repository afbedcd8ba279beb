#include "core/llamacpp/graph/kernel_scratch.hpp"

#include <algorithm>

#include "lfmfit/units.hpp"

namespace lfmfit::graph {

namespace {

constexpr std::int64_t kPaddedCells = 64;        // OP_FLASH_ATTN_EXT_NCPSG
constexpr std::int64_t kBlockQueries = 8;        // OP_FLASH_ATTN_EXT_NQPSG
constexpr std::int64_t kVectorCells = 32;        // OP_FLASH_ATTN_EXT_VEC_NCPSG
constexpr std::int64_t kVectorQueries = 20;      // fewer are computed by the kernel that works vector by vector
constexpr std::int64_t kCopiedQueries = 32;      // from as many on, quantized keys and values are copied
constexpr std::int64_t kWorkgroups = 32;         // that share the cells of one query
constexpr std::int64_t kExpertScales = 2 + 256;  // floats; N_MM_NPART_AMAX

std::int64_t product(std::initializer_list<std::int64_t> factors) {
  std::int64_t result = 1;
  for (std::int64_t factor : factors) result = checked_multiply(result, factor);
  return result;
}

std::int64_t blocks_of(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

bool shares_tensor(const Graph& graph, NodeId key, NodeId value) {
  const Node& k = graph[key];
  const Node& v = graph[value];
  return v.is_view() && (v.view_of == key || (v.view_of == k.view_of && v.view_offset == k.view_offset));
}

/// The last cells, where they do not fill a block, with their masks.
std::int64_t padding(const Graph& graph, const Node& node, bool copies_caches) {
  const Node& q = graph[node.sources[0]];
  const Node& k = graph[node.sources[1]];
  const Node& v = graph[node.sources[2]];
  std::int64_t k_row = k.nb[1], v_row = v.nb[1];
  if (copies_caches && q.ne[1] >= kCopiedQueries && k.type->quantized) {
    k_row = 2 * k.ne[0];
    v_row = 2 * (shares_tensor(graph, node.sources[1], node.sources[2]) ? k.ne[0] : v.ne[0]);
  }
  std::int64_t row = product({k_row, k.ne[2], k.ne[3]}) + product({v_row, v.ne[2], v.ne[3]});
  if (node.sources[3] != kNoNode) {
    const Node& mask = graph[node.sources[3]];
    row += product({2, mask.ne[1], mask.ne[2], mask.ne[3]});
  }
  return checked_multiply(kPaddedCells, row);
}

/// One byte for each block of the mask: whether all of it is hidden.
std::int64_t hidden_blocks(const Graph& graph, const Node& node) {
  if (node.sources[3] == kNoNode) return 0;
  const Node& q = graph[node.sources[0]];
  const Node& mask = graph[node.sources[3]];
  const bool by_vector = q.ne[1] < kVectorQueries && q.ne[0] % 32 == 0;
  const std::int64_t rows = blocks_of(q.ne[1], by_vector ? 1 : kBlockQueries);
  const std::int64_t columns = blocks_of(mask.ne[0], by_vector ? kVectorCells : kPaddedCells);
  return round_up(product({rows, columns, mask.ne[2], mask.ne[3]}), 32);
}

/// What each workgroup found for up to 32 queries: a sum, its scale and its largest score.
std::int64_t partial_sums(const Graph& graph, const Node& node) {
  const Node& q = graph[node.sources[0]];
  const std::int64_t queries = std::min<std::int64_t>(q.ne[1], kWorkgroups);
  return product({4, queries, q.ne[2], q.ne[3], kWorkgroups, graph[node.sources[2]].ne[0] + 2});
}

std::int64_t copied_caches(const Graph& graph, const Node& node) {
  const auto copy = [&](NodeId id) { return round_up(checked_multiply(2, element_count(graph[id].ne)), 16); };
  const std::int64_t keys = copy(node.sources[1]);
  return shares_tensor(graph, node.sources[1], node.sources[2]) ? keys : checked_add(keys, copy(node.sources[2]));
}

}  // namespace

std::int64_t kernel_scratch(const Graph& graph, const Node& node, bool copies_caches) {
  switch (node.op) {
    case Op::kMulMatId: {
      const std::int64_t experts = graph[node.sources[0]].ne[2], tokens = graph[node.sources[2]].ne[1];
      return 4 * product({experts, tokens + 1}) + (copies_caches ? 4 * kExpertScales : 0);
    }
    case Op::kFlashAttention: {
      const std::int64_t plain = padding(graph, node, copies_caches) + hidden_blocks(graph, node);
      const std::int64_t copies = copies_caches ? copied_caches(graph, node) : 0;
      return checked_add(checked_add(plain, partial_sums(graph, node)), copies);
    }
    case Op::kCumSum:
    case Op::kArgSort: return byte_count(node);
    case Op::kTopK: return product({8, element_count(graph[node.sources[0]].ne)}) - byte_count(node);
    default: return 0;
  }
}

}  // namespace lfmfit::graph
