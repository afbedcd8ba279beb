#include <algorithm>

#include "catch.hpp"
#include "core/llamacpp/graph/reorder.hpp"

// The order that ggml-vulkan makes of a graph (ggml_vk_graph_optimize), worked out by hand.
namespace lfmfit::graph {

namespace {

using Ids = std::vector<NodeId>;

constexpr Shape kRow{32, 1, 1, 1};

/// A graph to which nodes are added in the order in which they are to run.
struct Ordered {
  Graph g;
  KeepAlive keep;
  std::vector<Standing> standings;  ///< where it is asked for

  NodeId input() { return g.input(kF32, kRow); }
  NodeId run(NodeId id) {
    g.expand(id);
    return id;
  }
  /// `count` nodes, each of which needs the one before it.
  Ids chain(NodeId from, std::size_t count) {
    Ids ids;
    for (std::size_t i = 0; i < count; ++i) ids.push_back(from = run(g.cont(from)));
    return ids;
  }
  const Ids& reordered(bool protects = true) {
    reorder_nodes(g, 0, g.order.size(), count_uses(g), protects, keep, standings);
    return g.order;
  }
  /// The position of a node after reordering.
  std::ptrdiff_t place(NodeId id) { return std::find(g.order.begin(), g.order.end(), id) - g.order.begin(); }
};

TEST_CASE("Nodes that need nothing of each other follow each other") {
  Ordered o;
  const Ids a = o.chain(o.input(), 2), b = o.chain(o.input(), 2);
  CHECK(o.reordered() == Ids{a[0], b[0], a[1], b[1]});
}

TEST_CASE("A chain stays as it is") {
  Ordered o;
  const Ids chain = o.chain(o.input(), 30);
  CHECK(o.reordered() == chain);
}

TEST_CASE("Nineteen nodes ahead are looked at, no more") {
  for (const std::size_t between : {18u, 19u}) {
    Ordered o;
    const Ids chain = o.chain(o.input(), 1 + between);
    const NodeId free = o.run(o.g.cont(o.input()));
    o.reordered();
    // from the nineteenth on it comes one turn later, when the first of the chain is placed
    CHECK(o.place(free) == (between == 18 ? 1 : 2));
  }
}

TEST_CASE("Who reads or writes the same memory stays behind who did before") {
  Ordered o;
  const NodeId cache = o.g.stored(Storage::kCache, 0, kF32, {32, 4, 1, 1});
  const Ids values = o.chain(o.input(), 2);
  const NodeId rows = o.g.input(kI64, {1, 1, 1, 1});
  const NodeId written = o.run(o.g.set_rows(cache, values[1], rows));
  const NodeId read = o.run(o.g.cont(o.g.view(cache, kRow)));
  o.reordered();
  CHECK(o.place(read) > o.place(written));
}

TEST_CASE("A product with what a unary operation made is found up to fourteen nodes behind it") {
  for (const std::size_t distance : {14u, 15u}) {
    Ordered o;
    const NodeId head = o.run(o.g.cont(o.input()));
    const NodeId unary = o.run(o.g.unary(o.input()));
    o.chain(head, distance - 1);  // needs `head`, so that none of it moves up
    const NodeId product = o.run(o.g.mul(unary, o.input()));
    REQUIRE(o.place(product) - o.place(unary) == static_cast<std::ptrdiff_t>(distance));
    o.reordered();
    CHECK(o.place(head) == 0);
    CHECK(o.place(unary) == 1);
    // 14: pulled along. 15: its turn comes with the first of the chain.
    CHECK(o.place(product) == (distance == 14 ? 2 : 3));
  }
}

TEST_CASE("A second addition is pulled to a product with its bias, if what it adds is there") {
  for (const bool ready : {true, false}) {
    Ordered o;
    const NodeId weight = o.g.stored(Storage::kWeights, 0, kF32, {32, 32, 1, 1});
    const NodeId head = o.run(o.g.cont(o.input()));
    const NodeId product = o.run(o.g.mul_mat(weight, o.input()));
    const NodeId biased = o.run(o.g.add(product, o.input()));
    const Ids late = o.chain(head, 3);
    const NodeId sum = o.run(o.g.add(biased, ready ? o.input() : late[2]));
    o.reordered();
    CHECK(o.place(product) == 1);
    CHECK(o.place(biased) == 2);
    CHECK((o.place(sum) == 3) == ready);
  }
}

TEST_CASE("A normalization and what one kernel does with it stay together") {
  Ordered o;
  const NodeId x = o.input(), scale = o.input();
  const NodeId norm = o.run(o.g.same(Op::kRmsNorm, x));
  const NodeId free = o.run(o.g.cont(o.input()));
  const NodeId product = o.run(o.g.mul(norm, scale));
  const NodeId norm2 = o.run(o.g.same(Op::kRmsNorm, product));
  const NodeId product2 = o.run(o.g.mul(norm2, scale));
  const NodeId sum = o.run(o.g.add(product2, x));
  const NodeId free2 = o.run(o.g.cont(o.input()));
  // nodes that are free stand beside the first norm; from the second on three make a pattern
  CHECK(o.reordered() == Ids{norm, free, free2, product, norm2, product2, sum});
}

TEST_CASE("A rotated key goes into the cache at once") {
  Ordered o;
  const NodeId cache = o.g.stored(Storage::kCache, 0, kF32, {32, 4, 1, 1});
  const NodeId positions = o.g.input(kI32, {1, 1, 1, 1}), rows = o.g.input(kI64, {1, 1, 1, 1});
  const NodeId query = o.run(o.g.same(Op::kRope, o.input(), {positions}));
  const NodeId key = o.run(o.g.same(Op::kRope, o.input(), {positions}));
  const Ids work = o.chain(query, 3);
  const NodeId flat = o.run(o.g.view(key, kRow));
  const NodeId store = o.run(o.g.set_rows(cache, flat, rows));
  CHECK(o.reordered() == Ids{query, key, flat, store, work[0], work[1], work[2]});
}

TEST_CASE("What a fused router reads from outside lives until its last node") {
  Ordered o;
  Graph& g = o.g;
  const NodeId logits = g.input(kF32, {8, 1, 1, 1});
  const NodeId gate = o.run(g.soft_max(logits, kNoNode, kNoNode));
  const NodeId rows = o.run(g.reshape(gate, {1, 8, 1, 1}));
  const NodeId ids = o.run(g.top_k(gate, 2));
  const NodeId weights = o.run(g.get_rows(rows, ids));
  const Ids before = g.order;
  SECTION("of the pattern") {
    CHECK(o.reordered() == before);
    REQUIRE(o.keep.size() == 1);
    CHECK(o.keep[0].until == weights);
    CHECK(o.keep[0].tensors == Ids{logits});
  }
  SECTION("or a factor behind it") {
    const NodeId scaled = o.run(g.scale(weights));
    o.reordered();
    CHECK(o.keep.at(0).until == scaled);
  }
}

TEST_CASE("Before fusions were protected, nothing lived longer for a router and no product was pulled along") {
  Ordered o;
  Graph& g = o.g;
  const NodeId gate = o.run(g.soft_max(g.input(kF32, {8, 1, 1, 1}), kNoNode, kNoNode));
  const NodeId rows = o.run(g.reshape(gate, {1, 8, 1, 1}));
  o.run(g.get_rows(rows, o.run(g.top_k(gate, 2))));
  const Ids before = g.order;
  CHECK(o.reordered(false) == before);
  CHECK(o.keep.empty());
  Ordered p;
  const NodeId head = p.run(p.g.cont(p.input()));
  const NodeId unary = p.run(p.g.unary(p.input()));
  p.chain(head, 13);
  const NodeId product = p.run(p.g.mul(unary, p.input()));
  p.reordered(false);
  CHECK(p.place(product) == 3);
}

TEST_CASE("Two positions stand alike where as much was moved from behind them") {
  Ordered o;
  NodeId x = o.input();
  for (int i = 0; i < 6; ++i) {  // each time a node that waits for none, which the window takes along
    o.run(o.g.cont(o.input()));
    x = o.run(o.g.cont(x));
  }
  for (const std::size_t position : {0u, 4u, 6u}) o.standings.push_back({position, 0, 0, {}});
  o.reordered();
  CHECK(o.standings[0].placed == 0);
  CHECK(o.standings[0].ahead == std::vector<std::int64_t>{0});
  CHECK(o.standings[1].placed > 4);
  CHECK(o.standings[1].ahead != o.standings[0].ahead);
  CHECK(o.standings[2].seen == 12);
}

TEST_CASE("Nodes of other splits stay where they are") {
  Ordered o;
  const Ids a = o.chain(o.input(), 2), b = o.chain(o.input(), 2);
  reorder_nodes(o.g, 1, 4, count_uses(o.g), true, o.keep, o.standings);
  CHECK(o.g.order == Ids{a[0], a[1], b[0], b[1]});
}

}  // namespace

}  // namespace lfmfit::graph
