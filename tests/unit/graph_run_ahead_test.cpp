#include <algorithm>

#include "catch.hpp"
#include "core/llamacpp/graph/run_ahead.hpp"

// The order that ggml-metal makes of a graph (ggml_graph_optimize), worked out by hand.
namespace lfmfit::graph {

namespace {

using Line = std::vector<NodeId>;

constexpr Shape kValues{32, 1, 1, 1};

/// A graph to which nodes are added in the order in which they are to run.
struct Ahead {
  Graph g;
  KeepAlive keep;
  std::vector<Standing> standings;  ///< where it is asked for

  NodeId input() { return g.input(kF32, kValues); }
  NodeId cache() { return g.stored(Storage::kCache, 0, kF32, {32, 4, 1, 1}); }
  NodeId run(NodeId id) {
    g.expand(id);
    return id;
  }
  Line chain(NodeId from, std::size_t count) {
    Line ids;
    for (std::size_t i = 0; i < count; ++i) ids.push_back(from = run(g.cont(from)));
    return ids;
  }
  NodeId store(NodeId to) { return run(g.set_rows(to, input(), g.input(kI64, {1, 1, 1, 1}))); }
  const Line& moved(bool protects = true) {
    AheadState state(g);
    run_ahead(g, 0, g.order.size(), count_uses(g), protects, keep, state, standings);
    return g.order;
  }
  std::ptrdiff_t place(NodeId id) { return std::find(g.order.begin(), g.order.end(), id) - g.order.begin(); }
};

}  // namespace

TEST_CASE("On Metal a node that waits for nothing runs beside the last that was placed") {
  Ahead o;
  const Line a = o.chain(o.input(), 3), b = o.chain(o.input(), 2);
  CHECK(o.moved() == Line{a[0], b[0], a[1], b[1], a[2]});
}

TEST_CASE("On Metal what was moved ahead and what runs together say how it goes on") {
  Ahead o;
  const Line a = o.chain(o.input(), 3), b = o.chain(o.input(), 1);
  o.standings = {{1, 0, 0, {}}};
  CHECK(o.moved(false) == Line{a[0], b[0], a[1], a[2]});
  CHECK(o.standings[0].placed == 1);
  CHECK(o.standings[0].seen == 4);
  CHECK(o.standings[0].ahead == std::vector<std::int64_t>{0, -1});  // it itself next, beside the one before
}

TEST_CASE("On Metal sixty-three nodes ahead are looked at, no more") {
  for (const std::size_t between : {63u, 64u}) {
    Ahead o;
    const Line chain = o.chain(o.input(), 1 + between);
    const NodeId free = o.run(o.g.cont(o.input()));
    o.moved();
    CHECK(o.place(free) == (between == 63 ? 1 : 2));
  }
}

TEST_CASE("On Metal nothing passes attention, sorting or a concatenation") {
  for (const Op op : {Op::kFlashAttention, Op::kArgSort, Op::kConcat, Op::kSoftMax, Op::kGatedDeltaNet, Op::kAddId}) {
    Ahead o;
    const Line chain = o.chain(o.input(), 2);
    const NodeId barrier = o.run(o.g.apply(op, kF32, kValues, {o.input(), o.input()}));
    const NodeId free = o.run(o.g.cont(o.input()));
    o.moved();
    CHECK(o.place(free) > o.place(barrier));
  }
}

TEST_CASE("On Metal who touches memory that another writes keeps its place") {
  Ahead o;
  const NodeId cache = o.cache();
  const Line chain = o.chain(o.input(), 2);
  const NodeId written = o.run(o.g.set_rows(cache, chain[1], o.g.input(kI64, {1, 1, 1, 1})));
  const NodeId read = o.run(o.g.cont(o.g.view(cache, kValues)));
  o.moved();
  CHECK(o.place(read) > o.place(written));
}

TEST_CASE("On Metal a cache is not written beside the one that lies right behind it") {
  Ahead o;
  const NodeId keys = o.cache(), values = o.cache();
  const NodeId v = o.store(values), k = o.store(keys);
  const NodeId free = o.run(o.g.cont(o.input()));
  CHECK(o.moved() == Line{v, free, k});  // the end of the keys touches the values
  Ahead forward;
  const NodeId first = forward.cache(), second = forward.cache();
  const NodeId one = forward.store(first), two = forward.store(second);
  const NodeId last = forward.run(forward.g.cont(forward.input()));
  CHECK(forward.moved() == Line{one, two, last});
}

TEST_CASE("On Metal a cache is not written beside who reads the one that lies right behind it") {
  Ahead o;
  const NodeId keys = o.cache(), values = o.cache();
  const NodeId read = o.run(o.g.cont(values));
  const NodeId written = o.store(keys);
  const NodeId free = o.run(o.g.cont(o.input()));
  o.moved();
  CHECK(o.place(free) < o.place(written));
  CHECK(o.place(read) < o.place(free));
}

TEST_CASE("On Metal what a kernel fuses moves as one, and its inputs live to its end") {
  Ahead o;
  const Line chain = o.chain(o.input(), 2);
  const NodeId x = o.input(), weight = o.input();
  const NodeId normed = o.run(o.g.same(Op::kRmsNorm, x));
  const NodeId scaled = o.run(o.g.mul(normed, weight));
  CHECK(o.moved() == Line{chain[0], normed, scaled, chain[1]});
  REQUIRE(o.keep.size() == 1);
  CHECK(o.keep[0].until == scaled);
  CHECK(o.keep[0].tensors == Line{x, weight});
}

TEST_CASE("On Metal inputs lived no longer than they were read before 0.5.0") {
  Ahead o;
  o.run(o.g.mul(o.run(o.g.same(Op::kRmsNorm, o.input())), o.input()));
  o.moved(false);
  CHECK(o.keep.empty());
}

}  // namespace lfmfit::graph
