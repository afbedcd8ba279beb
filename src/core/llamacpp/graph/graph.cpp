#include "core/llamacpp/graph/graph.hpp"

#include "lfmfit/units.hpp"

namespace lfmfit::graph {

namespace {

Shape dense_strides(const TensorType& type, const Shape& ne) {
  Shape nb;
  nb[0] = type.block_bytes;
  nb[1] = checked_multiply(nb[0], ne[0] / type.block_elements);
  nb[2] = checked_multiply(nb[1], ne[1]);
  nb[3] = checked_multiply(nb[2], ne[2]);
  return nb;
}

}  // namespace

std::int64_t byte_count(const Node& node) {
  for (std::int64_t n : node.ne) {
    if (n <= 0) return 0;
  }
  std::int64_t bytes = node.type->block_elements == 1
                           ? checked_add(node.type->block_bytes, checked_multiply(node.ne[0] - 1, node.nb[0]))
                           : checked_multiply(node.ne[0], node.nb[0]) / node.type->block_elements;
  for (std::size_t i = 1; i < 4; ++i) bytes = checked_add(bytes, checked_multiply(node.ne[i] - 1, node.nb[i]));
  return bytes;
}

bool is_contiguous(const Node& node) {
  std::int64_t next = node.type->block_bytes;
  if (node.ne[0] != node.type->block_elements && node.nb[0] != next) return false;
  next *= node.ne[0] / node.type->block_elements;
  for (std::size_t i = 1; i < 4; ++i) {
    if (node.ne[i] != 1) {
      if (node.nb[i] != next) return false;
      next *= node.ne[i];
    }
  }
  return true;
}

// Shapes come by value: those of a node would move away when the list of nodes grows.
NodeId Graph::make(const TensorType& type, Shape ne) {
  const Shape nb = dense_strides(type, ne);
  Node& node = nodes.emplace_back();
  node.type = &type;
  node.ne = ne;
  node.nb = nb;
  return static_cast<NodeId>(nodes.size() - 1);
}

NodeId Graph::input(const TensorType& type, const Shape& ne) {
  const NodeId id = make(type, ne);
  (*this)[id].input = true;
  return id;
}

NodeId Graph::stored(Storage storage, int place, const TensorType& type, const Shape& ne) {
  const NodeId id = make(type, ne);
  (*this)[id].storage = storage;
  (*this)[id].place = static_cast<std::int8_t>(place);
  return id;
}

NodeId Graph::apply(Op op, const TensorType& type, const Shape& ne, std::initializer_list<NodeId> sources) {
  const NodeId id = make(type, ne);
  Node& node = (*this)[id];
  node.op = op;
  std::size_t i = 0;
  for (NodeId source : sources) {
    if (source != kNoNode) node.sources[i++] = source;
  }
  return id;
}

NodeId Graph::same(Op op, NodeId a, std::initializer_list<NodeId> more) {
  // ggml_dup_tensor: shape and type of `a`, but dense strides
  const NodeId id = make(*(*this)[a].type, (*this)[a].ne);
  Node& node = (*this)[id];
  node.op = op;
  node.sources[0] = a;
  std::size_t i = 1;
  for (NodeId source : more) {
    if (source != kNoNode) node.sources[i++] = source;
  }
  return id;
}

NodeId Graph::mul_mat(NodeId a, NodeId b) {
  const Node& left = (*this)[a];
  const Node& right = (*this)[b];
  return apply(Op::kMulMat, kF32, {left.ne[1], right.ne[1], right.ne[2], right.ne[3]}, {a, b});
}

NodeId Graph::mul_mat_id(NodeId experts, NodeId b, NodeId ids) {
  return apply(Op::kMulMatId, kF32, {(*this)[experts].ne[1], (*this)[ids].ne[0], (*this)[b].ne[2], 1},
               {experts, b, ids});
}

NodeId Graph::get_rows(NodeId a, NodeId rows) {
  const Node& source = (*this)[a];
  const Node& index = (*this)[rows];
  const TensorType& type = source.type == &kI32 ? kI32 : kF32;
  return apply(Op::kGetRows, type, {source.ne[0], index.ne[0], index.ne[1], index.ne[2]}, {a, rows});
}

NodeId Graph::set_rows(NodeId destination, NodeId values, NodeId rows) {
  const NodeId id = view(destination, (*this)[destination].ne, (*this)[destination].nb);
  Node& node = (*this)[id];
  node.op = Op::kSetRows;
  node.sources[0] = values;
  node.sources[1] = rows;
  node.sources[2] = destination;
  return id;
}

NodeId Graph::copy(NodeId from, NodeId to) {
  const NodeId id = view(to, (*this)[to].ne, (*this)[to].nb);
  Node& node = (*this)[id];
  node.op = Op::kCopy;
  node.sources[0] = from;
  node.sources[1] = to;
  return id;
}

NodeId Graph::concat(NodeId a, NodeId b, int dimension) {
  Shape ne = (*this)[a].ne;
  ne[static_cast<std::size_t>(dimension)] += (*this)[b].ne[static_cast<std::size_t>(dimension)];
  return apply(Op::kConcat, *(*this)[a].type, ne, {a, b});
}

NodeId Graph::sum_rows(NodeId a) {
  Shape ne = (*this)[a].ne;
  ne[0] = 1;
  return apply(Op::kSumRows, kF32, ne, {a});
}

NodeId Graph::top_k(NodeId a, std::int64_t k) {
  const NodeId sorted = apply(Op::kArgSort, kI32, (*this)[a].ne, {a});
  Shape ne = (*this)[sorted].ne;
  ne[0] = k;
  return view(sorted, ne, (*this)[sorted].nb);
}

NodeId Graph::glu(NodeId fused) {
  Shape ne = (*this)[fused].ne;
  ne[0] /= 2;
  return apply(Op::kGlu, kF32, ne, {fused});
}

NodeId Graph::soft_max(NodeId a, NodeId mask, NodeId sinks) {
  const NodeId id = same(Op::kSoftMax, a);
  (*this)[id].sources[1] = mask;
  (*this)[id].sources[2] = sinks;
  return id;
}

NodeId Graph::view(NodeId a, Shape ne, Shape nb, std::int64_t offset) {
  Node& node = nodes.emplace_back();
  const Node& source = (*this)[a];
  node.op = Op::kView;
  node.type = source.type;
  node.ne = ne;
  node.nb = nb;
  node.view_of = source.is_view() ? source.view_of : a;
  node.view_offset = source.is_view() ? source.view_offset + offset : offset;
  node.sources[0] = a;
  return static_cast<NodeId>(nodes.size() - 1);
}

NodeId Graph::view(NodeId a, const Shape& ne) { return view(a, ne, dense_strides(*(*this)[a].type, ne)); }

NodeId Graph::reshape(NodeId a, const Shape& ne) {
  const NodeId id = view(a, ne);
  (*this)[id].op = Op::kReshape;
  return id;
}

NodeId Graph::permute(NodeId a, int d0, int d1, int d2, int d3) {
  const Node source = (*this)[a];
  const int target[4] = {d0, d1, d2, d3};
  Shape ne, nb;
  for (std::size_t i = 0; i < 4; ++i) {
    ne[static_cast<std::size_t>(target[i])] = source.ne[i];
    nb[static_cast<std::size_t>(target[i])] = source.nb[i];
  }
  const NodeId id = view(a, ne, nb);
  (*this)[id].op = Op::kPermute;
  return id;
}

NodeId Graph::transpose(NodeId a) {
  const Node source = (*this)[a];
  const NodeId id = view(a, {source.ne[1], source.ne[0], source.ne[2], source.ne[3]},
                         {source.nb[1], source.nb[0], source.nb[2], source.nb[3]});
  (*this)[id].op = Op::kTranspose;
  return id;
}

NodeId Graph::in_place(Op op, NodeId a) {
  const NodeId id = view(a, (*this)[a].ne, (*this)[a].nb);
  (*this)[id].op = op;
  return id;
}

void Graph::visit(NodeId id) {
  Node& node = (*this)[id];
  if (node.ordered) return;
  node.ordered = true;
  if (node.op == Op::kNone) {
    leafs.push_back(id);
  } else {
    visits_.push_back({id, 0});
  }
}

void Graph::expand(NodeId id) {
  visit(id);
  while (!visits_.empty()) {
    Visit& top = visits_.back();
    const NodeId source = top.next < kMaxSources ? (*this)[top.id].sources[top.next] : kNoNode;
    if (source != kNoNode) {
      ++top.next;
      visit(source);
      continue;
    }
    order.push_back(top.id);
    visits_.pop_back();
  }
}

}  // namespace lfmfit::graph
