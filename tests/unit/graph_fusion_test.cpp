#include "catch.hpp"
#include "core/llamacpp/graph/fusion.hpp"

// What ggml-cuda fuses (ggml_backend_cuda_graph_optimize, ggml_cuda_should_use_topk_moe) and so keeps alive.
namespace lfmfit::graph {

namespace {

using Ids = std::vector<NodeId>;

KeepAlive kept(Graph& g, std::initializer_list<NodeId> results) {
  for (const NodeId id : results) g.expand(id);
  KeepAlive keep;
  keep_fused_inputs(g, 0, g.order.size(), count_uses(g), keep);
  return keep;
}

/// The outputs of `used` experts for three tokens, each times its weight, and their sum.
struct WeightedSum {
  explicit WeightedSum(std::int64_t used, bool scaled = false) {
    experts = g.input(kF32, {64, used, 3, 1});
    weights = g.input(kF32, {1, used, 3, 1});
    if (scaled) scales = g.input(kF32, {1, used, 3, 1});
    product = g.mul(scaled ? g.mul(experts, scales) : experts, weights);
    sum = expert(0);
    for (std::int64_t i = 1; i < used; ++i) sum = g.add(sum, expert(i));
  }
  NodeId expert(std::int64_t i) {
    const std::int64_t row = 64 * 4, token = g[product].nb[2];
    return g.view(product, {64, 3, 1, 1}, {4, token, 3 * token, 3 * token}, i * row);
  }

  Graph g;
  NodeId experts, weights, scales = kNoNode, product, sum;
};

TEST_CASE("Uses are counted for each source, in what is run alone") {
  Graph g;
  const NodeId x = g.input(kF32, {32, 1, 1, 1});
  const NodeId twice = g.add(x, x), unused = g.unary(x);
  g.expand(twice);
  const std::vector<int> uses = count_uses(g);
  CHECK(uses[static_cast<std::size_t>(x)] == 2);
  CHECK(uses[static_cast<std::size_t>(twice)] == 0);
  CHECK(uses[static_cast<std::size_t>(unused)] == 0);
}

TEST_CASE("A weighted sum over experts keeps their outputs and weights until its last addition") {
  WeightedSum s(4);
  const KeepAlive keep = kept(s.g, {s.sum});
  REQUIRE(keep.size() == 1);
  CHECK(keep[0].until == s.sum);
  CHECK(keep[0].tensors == Ids{s.experts, s.weights});
}

TEST_CASE("Scales of experts are kept with them") {
  WeightedSum s(4, true);
  const KeepAlive keep = kept(s.g, {s.sum});
  REQUIRE(keep.size() == 1);
  CHECK(keep[0].until == s.sum);
  CHECK(keep[0].tensors == Ids{s.experts, s.weights, s.scales});
}

TEST_CASE("There are kernels for 2 to 15 experts") {
  for (const std::int64_t used : {2, 8, 15}) {
    WeightedSum s(used);
    CAPTURE(used);
    CHECK(kept(s.g, {s.sum}).size() == 1);
  }
  WeightedSum many(16), one(1);
  CHECK(kept(many.g, {many.sum}).empty());
  CHECK(kept(one.g, {one.sum}).empty());
}

TEST_CASE("A sum of which something else reads a part is not fused") {
  WeightedSum s(4);
  SECTION("the product") { CHECK(kept(s.g, {s.sum, s.g.unary(s.product)}).empty()); }
  SECTION("a partial sum") { CHECK(kept(s.g, {s.sum, s.g.unary(s.g[s.sum].sources[0])}).empty()); }
  SECTION("the host") {
    s.g[s.product].output = true;
    CHECK(kept(s.g, {s.sum}).empty());
  }
  SECTION("but the whole may be read") { CHECK(kept(s.g, {s.g.unary(s.sum)}).size() == 1); }
}

TEST_CASE("A sum that lacks an expert is not fused") {
  WeightedSum s(3);
  CHECK(kept(s.g, {s.g[s.sum].sources[0]}).empty());
}

TEST_CASE("Only the nodes of the split are looked at") {
  WeightedSum s(4);
  s.g.expand(s.sum);
  KeepAlive keep;
  keep_fused_inputs(s.g, 1, s.g.order.size(), count_uses(s.g), keep);
  CHECK(keep.empty());
}

/// The choice of two experts for three tokens, and a node that reads their probabilities.
struct Router {
  explicit Router(std::int64_t count, bool sigmoid = false) {
    logits = g.input(kF32, {count, 3, 1, 1});
    probabilities = sigmoid ? g.unary(logits) : g.soft_max(logits, kNoNode, kNoNode);
    rows = g.reshape(probabilities, {1, count, 3, 1});
    ids = g.top_k(probabilities, 2);
    weights = g.get_rows(rows, ids);
    reader = g.cont(weights);
  }
  KeepAlive keeps() { return kept(g, {rows, ids, reader}); }

  Graph g;
  NodeId logits, probabilities, rows, ids, weights, reader;
};

TEST_CASE("A fused router keeps all it reads and makes until the node behind it") {
  Router r(8);
  const KeepAlive keep = r.keeps();
  REQUIRE(keep.size() == 1);
  CHECK(keep[0].until == r.reader);
  CHECK(keep[0].tensors == Ids{r.probabilities, r.logits, r.rows, r.g[r.ids].sources[0], r.ids, r.weights});
}

TEST_CASE("A sigmoid is as good as a softmax, a masked softmax is not") {
  Router sigmoid(8, true);
  CHECK(sigmoid.keeps().size() == 1);
  Router masked(8);
  masked.g[masked.probabilities].sources[1] = masked.g.input(kF32, {8, 3, 1, 1});
  CHECK(masked.keeps().empty());
}

TEST_CASE("Routers are fused for powers of two up to 512, and for 288 and 576 experts") {
  for (const std::int64_t count : {2, 64, 128, 512, 288, 576}) {
    Router r(count);
    CAPTURE(count);
    CHECK(r.keeps().size() == 1);
  }
  for (const std::int64_t count : {60, 160, 384, 1024}) {
    Router r(count);
    CAPTURE(count);
    CHECK(r.keeps().empty());
  }
}

TEST_CASE("Probabilities that something else reads are not fused, the choice may be read") {
  Router r(8);
  const NodeId other = r.g.unary(r.probabilities), choice = r.g.get_rows(r.logits, r.ids);
  SECTION("probabilities") { CHECK(kept(r.g, {r.rows, r.ids, r.reader, other}).empty()); }
  SECTION("choice") { CHECK(kept(r.g, {r.rows, r.ids, r.reader, choice}).size() == 1); }
}

TEST_CASE("A router with nothing behind it in its split keeps nothing") {
  Router r(8);
  CHECK(kept(r.g, {r.rows, r.ids, r.weights}).empty());
}

TEST_CASE("Normalizing and scaling the chosen probabilities belongs to the router") {
  Router r(8);
  const NodeId flat = r.g.reshape(r.weights, {2, 3, 1, 1});
  const NodeId sum = r.g.same(Op::kClamp, r.g.sum_rows(flat));
  const NodeId shares = r.g.same(Op::kDiv, flat, {sum});
  const NodeId last = r.g.scale(r.g.reshape(shares, {1, 2, 3, 1}));
  const NodeId reader = r.g.cont(last);
  const KeepAlive keep = kept(r.g, {r.rows, r.ids, reader});
  REQUIRE(keep.size() == 1);
  CHECK(keep[0].until == reader);
  CHECK(keep[0].tensors.back() == last);
}

}  // namespace

}  // namespace lfmfit::graph
