#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "core/llamacpp/plain_types.hpp"
#include "lfmfit/tensor.hpp"

namespace lfmfit::graph {

/// The operations of llama.cpp's compute graphs, as far as planning their memory tells them apart.
enum class Op : std::uint8_t {
  kNone,
  kView,
  kReshape,
  kPermute,
  kTranspose,  // take no memory of their own
  kAdd,
  kAddId,
  kSub,
  kMul,
  kDiv,
  kScale,
  kSqr,
  kSqrt,
  kUnary,
  kRope,
  kRmsNorm,
  kClamp,
  kSoftMax,
  kFill,  // may run in place
  kNorm,
  kL2Norm,
  kMulMat,
  kMulMatId,
  kGlu,
  kGetRows,
  kSetRows,
  kCopy,
  kCont,
  kConcat,
  kRepeat,
  kPad,
  kSumRows,
  kArgSort,
  kTopK,
  kFlashAttention,
  kSsmConv,
  kSsmScan,
  kGatedDeltaNet,
  kLightningIndexer,
  kCumSum,
  kTri,
  kSet,
};

/// Where the bytes of a node come from.
enum class Storage : std::uint8_t { kCompute, kWeights, kCache };

using NodeId = std::int32_t;
constexpr NodeId kNoNode = -1;
constexpr std::size_t kMaxSources = 8;
constexpr int kUnassigned = -1;

/// One tensor of a compute graph, like ggml_tensor without data.
struct Node {
  Op op = Op::kNone;
  Storage storage = Storage::kCompute;
  bool input = false;               ///< filled by the host before each run
  bool output = false;              ///< read by the host afterwards; never overwritten
  bool ordered = false;             ///< has its turn in the order of execution
  std::int8_t place = kUnassigned;  ///< backend that holds a weight or cache, or that a node is pinned to
  const TensorType* type = &kF32;
  Shape ne{1, 1, 1, 1};      ///< elements by dimension
  Shape nb{4, 4, 4, 4};      ///< stride in bytes by dimension
  NodeId view_of = kNoNode;  ///< root tensor whose memory this one shares
  std::int64_t view_offset = 0;
  std::array<NodeId, kMaxSources> sources{kNoNode, kNoNode, kNoNode, kNoNode, kNoNode, kNoNode, kNoNode, kNoNode};

  bool is_view() const { return view_of != kNoNode; }
};

/// True for operations that compute nothing.
constexpr bool is_view_op(Op op) { return op <= Op::kTranspose; }

/// Bytes between the first and the last element of `node`, as ggml_nbytes.
std::int64_t byte_count(const Node& node);

/// True if elements of `node` follow each other without gaps, as ggml_is_contiguous.
bool is_contiguous(const Node& node);

/// A compute graph under construction. Functions mirror those of ggml.h: each makes the tensor that ggml would make.
/// A tensor enters the order of execution when `expand` reaches it, its sources first, left to right, as
/// ggml_build_forward_expand does.
class Graph {
 public:
  std::vector<Node> nodes;    ///< every tensor, by id
  std::vector<NodeId> order;  ///< nodes in order of execution
  std::vector<NodeId> leafs;  ///< tensors that no operation makes, in order of first use

  Node& operator[](NodeId id) { return nodes[static_cast<std::size_t>(id)]; }
  const Node& operator[](NodeId id) const { return nodes[static_cast<std::size_t>(id)]; }

  NodeId make(const TensorType& type, Shape ne);  ///< a contiguous tensor without operation
  NodeId input(const TensorType& type, const Shape& ne);
  NodeId stored(Storage storage, int place, const TensorType& type, const Shape& ne);
  NodeId apply(Op op, const TensorType& type, const Shape& ne, std::initializer_list<NodeId> sources);

  NodeId same(Op op, NodeId a, std::initializer_list<NodeId> more = {});  ///< result shaped like `a`
  NodeId add(NodeId a, NodeId b) { return same(Op::kAdd, a, {b}); }
  NodeId mul(NodeId a, NodeId b) { return same(Op::kMul, a, {b}); }
  NodeId scale(NodeId a) { return same(Op::kScale, a); }
  NodeId unary(NodeId a) { return same(Op::kUnary, a); }
  NodeId mul_mat(NodeId a, NodeId b);
  NodeId mul_mat_id(NodeId experts, NodeId b, NodeId ids);
  NodeId get_rows(NodeId a, NodeId rows);
  NodeId set_rows(NodeId destination, NodeId values, NodeId rows);
  NodeId copy(NodeId from, NodeId to);
  NodeId cont(NodeId a) { return apply(Op::kCont, *(*this)[a].type, (*this)[a].ne, {a}); }
  NodeId cont(NodeId a, const Shape& ne) { return apply(Op::kCont, *(*this)[a].type, ne, {a}); }
  NodeId cast(NodeId a, const TensorType& type) { return apply(Op::kCopy, type, (*this)[a].ne, {a}); }
  NodeId concat(NodeId a, NodeId b, int dimension);
  NodeId repeat(NodeId a, const Shape& ne) { return apply(Op::kRepeat, *(*this)[a].type, ne, {a}); }
  NodeId sum_rows(NodeId a);
  NodeId top_k(NodeId a, std::int64_t k);  ///< argsort and a view of its first k columns
  NodeId glu(NodeId gate, NodeId up) { return apply(Op::kGlu, kF32, (*this)[gate].ne, {gate, up}); }
  NodeId glu(NodeId fused);  ///< halves the columns
  NodeId soft_max(NodeId a, NodeId mask, NodeId sinks);

  NodeId view(NodeId a, Shape ne, Shape nb, std::int64_t offset = 0);
  NodeId view(NodeId a, const Shape& ne);  ///< dense view of the first elements
  NodeId reshape(NodeId a, const Shape& ne);
  NodeId permute(NodeId a, int d0, int d1, int d2, int d3);  ///< dimension i of `a` becomes dimension d_i
  NodeId transpose(NodeId a);
  NodeId in_place(Op op, NodeId a);  ///< a view of `a` that the operation overwrites

  void expand(NodeId id);

 private:
  struct Visit {
    NodeId id;
    std::size_t next;  ///< source to look at
  };

  void visit(NodeId id);

  std::vector<Visit>
      visits_;  ///< an explicit stack: a chain of layers that nothing expands would recurse once per node
};

}  // namespace lfmfit::graph
