#include "catch.hpp"
#include "core/llamacpp/graph/pack.hpp"

// Which nodes ggml-metal keeps together when it moves nodes (ggml-metal-fusion.cpp), worked out by hand.
namespace lfmfit::graph {

namespace {

constexpr Shape kStates{32, 4, 1, 1};

/// A graph whose order is that of the calls.
struct Packed {
  Graph g;

  NodeId run(NodeId id) {
    g.expand(id);
    return id;
  }
  NodeId input(const Shape& ne = kStates) { return g.input(kF32, ne); }
  NodeId norm(NodeId x) { return run(g.same(Op::kRmsNorm, x)); }
  std::size_t size(std::size_t i, bool protects = true) {
    const std::vector<int> uses = count_uses(g);
    return pack_size(Window(g, 0, g.order.size(), uses), i, protects);
  }
  std::vector<Standing> standings;  ///< where it is asked for
  KeepAlive kept() {
    const std::vector<int> uses = count_uses(g);
    return inputs_of_packs(Window(g, 0, g.order.size(), uses), standings);
  }
};

}  // namespace

TEST_CASE("A norm, its weight and its bias stay together") {
  Packed p;
  const NodeId x = p.input();
  const NodeId scaled = p.run(p.g.mul(p.norm(x), p.input({32, 1, 1, 1})));
  p.run(p.g.add(scaled, p.input({32, 1, 1, 1})));
  CHECK(p.size(0) == 3);
  CHECK(p.size(0, false) == 3);
  const KeepAlive kept = p.kept();
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].until == p.g.order[2]);
  CHECK(kept[0].tensors.front() == x);
  CHECK(kept[0].tensors.size() == 3);  // with weight and bias, without what the pack itself makes
}

TEST_CASE("What another node reads as well is not packed, but its inputs live as if it were") {
  Packed p;
  const NodeId normed = p.norm(p.input());
  p.run(p.g.mul(normed, p.input({32, 1, 1, 1})));
  p.run(p.g.cont(normed));
  CHECK(p.size(0) == 1);
  CHECK(p.size(0, false) == 1);
  CHECK(p.kept().size() == 1);
}

TEST_CASE("A weight of another width is not fused since there is a table") {
  Packed p;
  p.run(p.g.mul(p.norm(p.input()), p.input({1, 4, 1, 1})));
  CHECK(p.size(0) == 1);
  CHECK(p.size(0, false) == 2);
}

TEST_CASE("Additions that add alike tensors are one chain, up to seven of them") {
  Packed p;
  NodeId sum = p.input();
  for (int i = 0; i < 9; ++i) sum = p.run(p.g.add(sum, p.input()));
  CHECK(p.size(0) == 9);  // chains of seven and of two, back to back
  CHECK(p.size(7) == 2);
  CHECK(p.size(8) == 1);
  Packed unlike;
  unlike.run(unlike.g.add(unlike.run(unlike.g.add(unlike.input(), unlike.input())), unlike.input({32, 1, 1, 1})));
  CHECK(unlike.size(0) == 1);
}

TEST_CASE("The weighted sum over experts is one pack with its views") {
  Packed p;
  const NodeId all = p.run(p.g.mul(p.input({32, 3, 4, 1}), p.input({1, 3, 4, 1})));
  std::vector<NodeId> views;
  for (std::int64_t i = 0; i < 3; ++i) {
    const Shape nb = p.g[all].nb;
    views.push_back(p.run(p.g.view(all, {32, 4, 1, 1}, {nb[0], nb[2], nb[3], nb[3]}, i * nb[1])));
  }
  p.run(p.g.add(p.run(p.g.add(views[0], views[1])), views[2]));
  CHECK(p.size(0) == 6);
  CHECK(p.size(0, false) == 1);
  p.run(p.g.cont(views[1]));  // read from outside
  CHECK(p.size(0) == 1);
}

TEST_CASE("Routing is packed from its probabilities to its last factor") {
  Packed p;
  const NodeId probabilities = p.run(p.g.soft_max(p.input({8, 4, 1, 1}), kNoNode, kNoNode));
  const NodeId apart = p.run(p.g.reshape(probabilities, {1, 8, 4, 1}));
  const NodeId chosen = p.run(p.g.top_k(probabilities, 2));
  const NodeId weights = p.run(p.g.get_rows(apart, chosen));
  CHECK(p.size(0) == 5);
  p.run(p.g.scale(weights));
  CHECK(p.size(0) == 6);
  CHECK(p.kept().front().until == p.g.order[5]);
}

TEST_CASE("A delta net is packed with the copy of its states into the cache") {
  Packed p;
  const NodeId out = p.run(p.g.apply(Op::kGatedDeltaNet, kF32, {32, 8, 1, 1}, {p.input()}));
  const NodeId states = p.g.view(out, {32, 4, 1, 1}, p.g[out].nb, 32 * 4 * 4);
  p.run(p.g.copy(states, p.g.view(p.g.stored(Storage::kCache, 0, kF32, kStates), kStates)));
  CHECK(p.size(0) == 4);
  Packed other;
  const NodeId result = other.run(other.g.apply(Op::kGatedDeltaNet, kF32, {32, 8, 1, 1}, {other.input()}));
  other.run(other.g.copy(other.g.view(result, kStates), other.g.stored(Storage::kCache, 0, kF32, kStates)));
  CHECK(other.size(0) == 1);  // what it copies are no states
}

}  // namespace lfmfit::graph
