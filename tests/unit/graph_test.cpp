#include "core/llamacpp/graph/graph.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/quantization_data.hpp"

// Expected shapes and strides are those that ggml.c gives the same calls.
namespace lfmfit::graph {

namespace {

using Ids = std::vector<NodeId>;

TEST_CASE("A new tensor is dense: each stride is the size of all that lies below it") {
  Graph g;
  const NodeId numbers = g.make(kF32, {10, 3, 2, 1});
  CHECK(g[numbers].nb == Shape{4, 40, 120, 240});
  CHECK(byte_count(g[numbers]) == 240);
  CHECK(is_contiguous(g[numbers]));
  const NodeId blocks = g.make(test::tensor_type("q8_0"), {64, 3, 1, 1});  // two blocks of 34 bytes a row
  CHECK(g[blocks].nb == Shape{34, 68, 204, 204});
  CHECK(byte_count(g[blocks]) == 204);
  CHECK(is_contiguous(g[blocks]));
  CHECK(byte_count(g[g.make(kF32, {10, 0, 2, 1})]) == 0);
}

TEST_CASE("A view with gaps reaches from its first to its last element") {
  Graph g;
  const NodeId all = g.make(kF32, {10, 4, 1, 1});
  const NodeId some = g.view(all, {3, 4, 1, 1}, {4, 40, 160, 160}, 8);
  CHECK(byte_count(g[some]) == 3 * 40 + 3 * 4);  // the last row has no gap behind it
  CHECK_FALSE(is_contiguous(g[some]));
  const NodeId row = g.view(all, {10, 1, 1, 1}, {4, 999, 999, 999});
  CHECK(is_contiguous(g[row]));  // a stride that is never taken does not matter
}

TEST_CASE("A view of a view belongs to the first tensor, and offsets add up") {
  Graph g;
  const NodeId all = g.make(kF32, {10, 4, 1, 1});
  const NodeId outer = g.view(all, {10, 2, 1, 1}, {4, 40, 80, 80}, 80);
  const NodeId inner = g.view(outer, {5, 1, 1, 1}, {4, 20, 20, 20}, 20);
  CHECK(g[inner].view_of == all);
  CHECK(g[inner].view_offset == 100);
  CHECK(g[inner].sources[0] == outer);
  CHECK(g[g.reshape(inner, {1, 5, 1, 1})].view_of == all);
}

TEST_CASE("Permuting moves sizes and strides, not bytes") {
  Graph g;
  const NodeId a = g.make(kF32, {2, 3, 5, 7});  // strides 4, 8, 24, 120
  const NodeId permuted = g.permute(a, 0, 2, 1, 3);
  CHECK(g[permuted].ne == Shape{2, 5, 3, 7});
  CHECK(g[permuted].nb == Shape{4, 24, 8, 120});
  CHECK(g[g.permute(a, 1, 2, 0, 3)].ne == Shape{5, 2, 3, 7});
  const NodeId transposed = g.transpose(a);
  CHECK(g[transposed].ne == Shape{3, 2, 5, 7});
  CHECK(g[transposed].nb == Shape{8, 4, 24, 120});
  CHECK_FALSE(is_contiguous(g[transposed]));
  CHECK(g[g.cont(transposed)].nb == Shape{4, 12, 24, 120});
}

TEST_CASE("Products have a row for each row of the weight and a column for each token") {
  Graph g;
  const NodeId weight = g.stored(Storage::kWeights, 0, test::tensor_type("q8_0"), {32, 64, 1, 1});
  const NodeId product = g.mul_mat(weight, g.input(kF32, {32, 5, 2, 1}));
  CHECK(g[product].ne == Shape{64, 5, 2, 1});
  CHECK(g[product].type == &kF32);
  const NodeId experts = g.stored(Storage::kWeights, 0, kF16, {32, 64, 8, 1});
  const NodeId chosen = g.mul_mat_id(experts, g.input(kF32, {32, 1, 5, 1}), g.input(kI32, {2, 5, 1, 1}));
  CHECK(g[chosen].ne == Shape{64, 2, 5, 1});
}

TEST_CASE("Rows that are looked up come as f32, but for whole numbers") {
  Graph g;
  const NodeId rows = g.input(kI32, {7, 1, 1, 1});
  const NodeId table = g.stored(Storage::kWeights, 0, test::tensor_type("q8_0"), {32, 1000, 1, 1});
  CHECK(g[g.get_rows(table, rows)].ne == Shape{32, 7, 1, 1});
  CHECK(g[g.get_rows(table, rows)].type == &kF32);
  CHECK(g[g.get_rows(g.make(kI32, {1, 1000, 1, 1}), rows)].type == &kI32);
}

TEST_CASE("Writing rows and copying into a tensor gives a view of it") {
  Graph g;
  const NodeId cache = g.stored(Storage::kCache, 0, kF16, {64, 256, 1, 1});
  const NodeId values = g.make(kF32, {64, 3, 1, 1});
  const NodeId written = g.set_rows(cache, values, g.input(kI64, {3, 1, 1, 1}));
  CHECK(g[written].view_of == cache);
  CHECK(g[written].ne == g[cache].ne);
  CHECK(g[g.copy(values, g.view(cache, {64, 3, 1, 1}))].view_of == cache);
  CHECK_FALSE(g[g.cast(values, kF16)].is_view());
}

TEST_CASE("Shapes of what joins, halves, sums and chooses columns") {
  Graph g;
  const NodeId a = g.make(kF32, {64, 3, 2, 1});
  CHECK(g[g.concat(a, g.make(kF32, {64, 5, 2, 1}), 1)].ne == Shape{64, 8, 2, 1});
  CHECK(g[g.glu(a)].ne == Shape{32, 3, 2, 1});
  CHECK(g[g.glu(a, a)].ne == g[a].ne);
  CHECK(g[g.sum_rows(a)].ne == Shape{1, 3, 2, 1});
  const NodeId best = g.top_k(a, 4);
  CHECK(g[best].ne == Shape{4, 3, 2, 1});
  CHECK(g[best].nb == Shape{4, 256, 768, 1536});  // strides of the whole sorted rows
  CHECK(g[g[best].view_of].op == Op::kArgSort);
}

TEST_CASE("Nodes run after their sources, left before right, each once") {
  Graph g;
  const NodeId x = g.input(kF32, {32, 1, 1, 1}), y = g.input(kF32, {32, 1, 1, 1});
  const NodeId a = g.cont(x);
  const NodeId b = g.unary(a), c = g.unary(a);
  const NodeId sum = g.add(g.add(c, b), y);
  g.expand(c);
  g.expand(sum);
  g.expand(b);
  CHECK(g.order == Ids{a, c, b, g[sum].sources[0], sum});
  CHECK(g.leafs == Ids{x, y});
}

TEST_CASE("A chain of a hundred thousand nodes needs no recursion") {
  Graph g;
  NodeId x = g.input(kF32, {1, 1, 1, 1});
  for (int i = 0; i < 100000; ++i) x = g.scale(x);
  g.expand(x);
  CHECK(g.order.size() == 100000);
  CHECK(g.order.back() == x);
}

TEST_CASE("A tensor beyond 63 bits is refused") {
  Graph g;
  CHECK_THROWS_AS(g.make(kF32, {std::int64_t{1} << 40, std::int64_t{1} << 40, 1, 1}), Error);
}

}  // namespace

}  // namespace lfmfit::graph
