#include "core/llamacpp/graph/builder.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::graph {

namespace {

/// A weighted sum over all tokens: as many rows as there are tokens are needed.
NodeId mean(Builder& b, NodeId hidden) {
  Graph& g = b.graph;
  if (g[hidden].ne[1] != b.tokens) {
    throw Error(ErrorKind::kBadRequest,
                "llama.cpp stops where the mean of the tokens is asked for and a micro-batch cannot be shared evenly; "
                "make -ub a multiple of the " +
                    std::to_string(b.sequences) + " slots");
  }
  const NodeId shares = g.input(kF32, {b.tokens, b.sequences, 1, 1});
  return g.mul_mat(g.cont(g.transpose(hidden)), shares);
}

NodeId one_token(Builder& b, NodeId hidden) {
  return b.graph.get_rows(hidden, b.graph.input(kI32, {b.sequences, 1, 1, 1}));
}

/// x times `name`.weight, with its bias; x itself where the file has no such tensor.
NodeId project(Builder& b, std::string_view name, NodeId x) {
  const NodeId weight = b.find_global(name, ".weight");
  if (weight == kNoNode) return x;
  x = b.graph.mul_mat(weight, x);
  const NodeId bias = b.find_global(name, ".bias");
  return bias == kNoNode ? x : b.graph.add(x, bias);
}

NodeId score(Builder& b, NodeId x) {
  if (b.find_global("cls", ".weight") != kNoNode) x = b.norm(b.graph.unary(project(b, "cls", x)), "cls.norm");
  return project(b, "cls.output", x);
}

NodeId pool(Builder& b, NodeId hidden) {
  switch (b.request.scene.pooling) {
    case Pooling::kMean: return mean(b, hidden);
    case Pooling::kCls:
    case Pooling::kLast: return one_token(b, hidden);
    case Pooling::kRank: return score(b, one_token(b, hidden));
    case Pooling::kNone: break;
  }
  return hidden;
}

}  // namespace

void pool_embeddings(Builder& b, NodeId hidden) {
  const NodeId pooled = pool(b, hidden);
  b.graph.expand(pooled);
  const NodeId projected = project(b, "dense_3", project(b, "dense_2", pooled));
  b.graph[pooled].output = b.graph[projected].output = true;
  b.graph.expand(projected);
}

}  // namespace lfmfit::graph
