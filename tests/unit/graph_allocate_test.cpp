#include "catch.hpp"
#include "core/llamacpp/graph/allocate.hpp"

// High-water marks counted by hand from the rules of ggml_gallocr (ggml-alloc.c). A letter with numbers says where a
// tensor lies: "a 1-3" takes the units 1 and 2.
namespace lfmfit::graph {

namespace {

constexpr std::int64_t kUnit = 128;  // the usual alignment
constexpr Shape kOne{32, 1, 1, 1};   // f32 of one unit
constexpr Shape kTwo{64, 1, 1, 1};
constexpr Shape kThree{96, 1, 1, 1};

Plan plan_of(Graph& g, std::initializer_list<NodeId> results) {
  for (const NodeId id : results) g.expand(id);
  Plan plan;
  plan.graph = &g;
  for (const NodeId id : g.leafs) plan.leafs.push_back({id, 0});
  for (const NodeId id : g.order) plan.steps.push_back({id, 0});
  return plan;
}

std::int64_t bytes_for(Graph& g, std::initializer_list<NodeId> results, const BufferRules& rules = {}) {
  const Allocation allocation = allocate(plan_of(g, results), {rules});
  CHECK(allocation.settled);
  return allocation.sizes.at(0);
}

std::int64_t units_for(Graph& g, std::initializer_list<NodeId> results) {
  const std::int64_t bytes = bytes_for(g, results);
  CHECK(bytes % kUnit == 0);
  return bytes / kUnit;
}

TEST_CASE("A chain of operations that may run in place takes the memory of its input alone") {
  Graph g;
  const NodeId x = g.input(kF32, kOne);
  CHECK(units_for(g, {g.scale(g.unary(g.scale(x)))}) == 1);
}

TEST_CASE("A chain that may not run in place changes between two places") {
  Graph g;
  const NodeId x = g.input(kF32, kOne);
  // x 0-1, a 1-2, b 0-1, c 1-2
  CHECK(units_for(g, {g.cont(g.cont(g.cont(x)))}) == 2);
}

TEST_CASE("What is read twice is not overwritten by the first reader") {
  Graph g;
  const NodeId x = g.input(kF32, kOne);
  const NodeId a = g.unary(x), b = g.scale(x);
  // x 0-1, a 1-2 because b reads x too, b in place of x, the sum in place of a
  CHECK(units_for(g, {g.add(a, b)}) == 2);
}

TEST_CASE("A residual lives until it is added") {
  Graph g;
  const NodeId x = g.input(kF32, kOne);
  const NodeId branch = g.cont(g.cont(g.cont(x)));
  // x 0-1, a 1-2, b 2-3, c 1-2, the sum in place of c
  CHECK(units_for(g, {g.add(branch, x)}) == 3);
}

TEST_CASE("A view keeps its source alive until the view itself was read") {
  Graph g;
  const NodeId x = g.input(kF32, kTwo), y = g.input(kF32, kOne);
  const NodeId a = g.cont(x);
  const NodeId part = g.view(a, kOne);
  const NodeId wide = g.repeat(y, kThree);
  // x 0-2, y 2-3, a 3-5; x is free; wide needs 3 and finds 2, so it goes to the end: 5-8. If a were gone with the
  // view's making, wide would lie at 3-6.
  CHECK(units_for(g, {g.apply(Op::kGetRows, kF32, kOne, {part, wide})}) == 8);
}

TEST_CASE("Memory of a viewed tensor is not overwritten in place") {
  Graph g;
  const NodeId x = g.input(kF32, kOne);
  g[x].output = true;  // stays, so that its place cannot be taken
  const NodeId a = g.cont(x);
  const NodeId same = g.view(a, kOne);
  // x 0-1, a 1-2; when b = -a runs, the view is the only other reader of a: b 2-3
  CHECK(units_for(g, {same, g.add(same, g.unary(a))}) == 3);
}

TEST_CASE("An output is neither overwritten nor freed") {
  Graph g;
  const NodeId x = g.input(kF32, kOne);
  const NodeId kept = g.cont(x);
  g[kept].output = true;
  // x 0-1, kept 1-2, b 0-1, c 2-3
  CHECK(units_for(g, {g.cont(g.unary(kept))}) == 3);
}

TEST_CASE("Inputs have a place from the start, beside each other, though one is read at the end") {
  Graph g;
  const NodeId x = g.input(kF32, kOne), y = g.input(kF32, kOne);
  // x 0-1, y 1-2, a 2-3, b 0-1, the sum in place of b
  CHECK(units_for(g, {g.add(g.cont(g.cont(x)), y)}) == 3);
}

TEST_CASE("Memory of an input is free once all that read it have run") {
  Graph g;
  const NodeId x = g.input(kF32, kTwo);
  // x 0-2, a 2-3, b and c 0-2
  const NodeId a = g.apply(Op::kSumRows, kF32, {1, 1, 1, 1}, {x});
  const NodeId b = g.repeat(a, kOne), c = g.repeat(a, kOne);
  CHECK(units_for(g, {g.add(b, c)}) == 3);
}

TEST_CASE("Freed neighbours make one block that a larger tensor fits into") {
  Graph g;
  const NodeId x = g.input(kF32, kOne), y = g.input(kF32, kOne), z = g.input(kF32, kOne);
  const NodeId all = g.apply(Op::kSumRows, kF32, {1, 1, 1, 1}, {x, y, z});
  // x 0-1, y 1-2, z 2-3, the sum 3-4; the three are free together: wide 0-3
  CHECK(units_for(g, {g.repeat(all, kThree)}) == 4);
}

TEST_CASE("The gap that fits best is taken, so that the larger one stays for the larger tensor") {
  Graph g;
  const NodeId wide = g.input(kF32, kThree), kept = g.input(kF32, kOne), narrow = g.input(kF32, kTwo);
  const NodeId sum = g.apply(Op::kSumRows, kF32, {1, 1, 1, 1}, {wide, narrow});
  // wide 0-3, kept 3-4, narrow 4-6, sum 6-7; then small takes 4-6, and large 0-3. By the first that fits, small would
  // lie at 0-2 and large at 7-10.
  const NodeId small = g.repeat(sum, kTwo), large = g.repeat(sum, kThree);
  CHECK(units_for(g, {wide, kept, narrow, small, g.apply(Op::kGetRows, kF32, kOne, {small, large, kept})}) == 7);
}

TEST_CASE("Only a source of the same type and shape is overwritten") {
  Graph g;
  const NodeId x = g.input(kF32, kOne);
  SECTION("same") { CHECK(units_for(g, {g.apply(Op::kAdd, kF32, kOne, {x})}) == 1); }
  SECTION("other type") { CHECK(units_for(g, {g.apply(Op::kAdd, kF16, kTwo, {x})}) == 2); }
  SECTION("other shape") { CHECK(units_for(g, {g.apply(Op::kAdd, kF32, {16, 2, 1, 1}, {x})}) == 2); }
}

TEST_CASE("Where the first source must stay, the second may be overwritten") {
  Graph g;
  const NodeId x = g.input(kF32, kOne), y = g.input(kF32, kOne);
  g[y].output = true;
  CHECK(units_for(g, {g.add(y, x)}) == 2);
}

TEST_CASE("Weights and caches take no memory of the compute buffer, and are not overwritten") {
  Graph g;
  const NodeId weight = g.stored(Storage::kWeights, 0, kF32, kOne);
  const NodeId cache = g.stored(Storage::kCache, 0, kF32, kTwo);
  const NodeId scaled = g.scale(weight);
  CHECK(units_for(g, {scaled, g.view(cache, kOne), g.scale(cache)}) == 1 + 2);
}

TEST_CASE("A node gets its place before its sources lose theirs") {
  Graph g;
  const NodeId x = g.input(kF32, kOne);
  // x 0-1, a 1-2
  CHECK(units_for(g, {g.cont(x)}) == 2);
}

TEST_CASE("Every tensor is padded to the alignment of the buffer") {
  Graph g;
  const NodeId x = g.input(kF32, {25, 1, 1, 1}), y = g.input(kF32, {1, 1, 1, 1});  // 100 and 4 bytes
  BufferRules rules;
  SECTION("128 bytes") { CHECK(bytes_for(g, {x, y}, rules) == 128 + 128); }
  SECTION("32 bytes") {
    rules.alignment = 32;
    CHECK(bytes_for(g, {x, y}, rules) == 128 + 32);
  }
  SECTION("16 bytes") {
    rules.alignment = 16;
    CHECK(bytes_for(g, {x, y}, rules) == 112 + 16);
  }
}

TEST_CASE("Each buffer is counted on its own, and what overwrites stays where its source lies") {
  Graph g;
  const NodeId x = g.input(kF32, kOne);
  const NodeId a = g.scale(x), b = g.repeat(a, kTwo);
  Plan plan = plan_of(g, {b});
  for (Step& step : plan.steps) step.buffer = 1;
  CHECK(allocate(plan, {BufferRules{}, BufferRules{}}).sizes == std::vector<std::int64_t>{kUnit, 2 * kUnit});
}

TEST_CASE("A buffer of limited allocations is the sum of its chunks") {
  Graph g;
  const NodeId x = g.input(kF32, kTwo), y = g.input(kF32, kTwo);
  BufferRules rules;
  rules.largest_chunk = 3 * kUnit;
  // x 0-2, y in a second chunk, since one unit is left in the first; the sum's unit fills that
  CHECK(bytes_for(g, {g.apply(Op::kSumRows, kF32, {1, 1, 1, 1}, {x, y})}, rules) == (3 + 2) * kUnit);
}

/// Takes each of the first four nodes for one repeat of a pattern.
Plan repeated(Graph& g, std::initializer_list<NodeId> results) {
  Plan plan = plan_of(g, results);
  plan.repeats.push_back({0, 1, 2, 3, 4});
  return plan;
}

TEST_CASE("A pattern has settled if its second and fourth repeat leave the same memory") {
  Graph g;
  const NodeId x = g.input(kF32, kOne);
  NodeId chain = x;
  SECTION("a chain that changes between two places") {
    for (int i = 0; i < 5; ++i) chain = g.cont(chain);
    CHECK(allocate(repeated(g, {chain}), {BufferRules{}}).settled);
  }
  SECTION("a chain that grows has not") {
    for (const Shape& shape : {kOne, kTwo, kThree, Shape{128, 1, 1, 1}, kOne}) chain = g.repeat(chain, shape);
    CHECK_FALSE(allocate(repeated(g, {chain}), {BufferRules{}}).settled);
  }
  SECTION("nor one of which something older is read at the end") {
    const NodeId first = chain = g.cont(chain);
    for (int i = 0; i < 3; ++i) chain = g.cont(chain);
    CHECK_FALSE(allocate(repeated(g, {chain, g.add(chain, first)}), {BufferRules{}}).settled);
  }
}

}  // namespace

}  // namespace lfmfit::graph
