#include "catch.hpp"
#include "core/llamacpp/graph/schedule.hpp"

// Buffers counted by hand from ggml_backend_sched (ggml-backend.cpp): splits, copies, and what each backend then
// allocates. Units of 128 bytes; "x 0-1" takes the first unit of a buffer.
namespace lfmfit::graph {

namespace {

using Units = std::vector<std::int64_t>;

/// `gpus` GPUs and the CPU behind them.
struct Machine {
  explicit Machine(std::size_t gpus) : backends(gpus + 1) {}

  Graph g;
  std::vector<SchedulerBackend> backends;
  SchedulerOptions options;

  NodeId weight(int place, const Shape& shape = {32, 32, 1, 1}) {
    return g.stored(Storage::kWeights, place, kF32, shape);
  }
  NodeId tokens(std::int64_t count) { return g.input(kF32, {32, count, 1, 1}); }
  Units units(NodeId result) {
    g.expand(result);
    const Allocation allocation = schedule(g, backends, options, {});
    CHECK(allocation.settled);
    Units units;
    for (const std::int64_t bytes : allocation.sizes) {
      CHECK(bytes % 128 == 0);
      units.push_back(bytes / 128);
    }
    return units;
  }
};

TEST_CASE("A graph without work needs nothing") {
  Machine m(1);
  CHECK(m.units(m.g.view(m.weight(0), {32, 1, 1, 1})) == Units{0, 0});
}

TEST_CASE("A graph that runs on the host alone has one split and no copies") {
  Machine m(1);
  // x 0-1, the product 1-2, the GPU nothing
  CHECK(m.units(m.g.mul_mat(m.weight(1), m.tokens(1))) == Units{0, 2});
}

TEST_CASE("What the host fills in is copied to the GPU that reads it") {
  Machine m(1);
  // host: x 0-1; GPU: copy of x 0-1, product of 64 rows 1-3
  CHECK(m.units(m.g.mul_mat(m.weight(0, {32, 64, 1, 1}), m.tokens(1))) == Units{3, 1});
}

TEST_CASE("A GPU that reads host buffers needs no copy of what lies there, but of caches and matrices") {
  Machine m(1);
  m.backends[0].reads_host = true;
  SECTION("inputs") {
    // host: x 0-1; GPU: product of 64 rows 0-2
    CHECK(m.units(m.g.mul_mat(m.weight(0, {32, 64, 1, 1}), m.tokens(1))) == Units{2, 1});
  }
  SECTION("what the host computes") {
    // host: x 0-1, product 1-2; GPU: product of 64 rows 0-2
    CHECK(m.units(m.g.mul_mat(m.weight(0, {32, 64, 1, 1}), m.g.mul_mat(m.weight(1), m.tokens(1)))) == Units{2, 2});
  }
  SECTION("a cache") {
    const NodeId cache = m.g.stored(Storage::kCache, 1, kF32, {32, 1, 1, 1});
    // host: x 0-1; GPU: copy of the cache 0-1, product 1-2, the sum in place of it
    CHECK(m.units(m.g.add(m.g.mul_mat(m.weight(0), m.tokens(1)), cache)) == Units{2, 1});
  }
  SECTION("a matrix") {
    // host: x of 32 rows 0-32; GPU: copy of the matrix 0-32, product 32-64
    CHECK(m.units(m.g.mul_mat(m.weight(1), m.tokens(32))) == Units{64, 32});
  }
}

TEST_CASE("What two nodes of a split read is copied once") {
  Machine m(1);
  const NodeId x = m.tokens(1);
  const NodeId a = m.g.mul_mat(m.weight(0), x), b = m.g.mul_mat(m.weight(0), x);
  // host: x 0-1; GPU: copy 0-1, a 1-2, b 2-3, the sum in place of a
  CHECK(m.units(m.g.add(a, b)) == Units{3, 1});
}

TEST_CASE("Each change of backend copies what goes on") {
  Machine m(1);
  const NodeId on_gpu = m.g.mul_mat(m.weight(0, {32, 64, 1, 1}), m.tokens(1));
  // GPU: copy of x 0-1, a 1-3. Host: x 0-1 until it was copied, then the copy of a 0-2, the product 2-3
  const NodeId on_host = m.g.mul_mat(m.weight(1, {64, 32, 1, 1}), on_gpu);
  CHECK(m.units(on_host) == Units{3, 3});
}

TEST_CASE("Weights of the host that a large batch needs are copied, each split's in the memory of the last") {
  Machine m(1);
  const NodeId x = m.tokens(32);  // 32 units, as each weight and each product
  const NodeId a = m.g.mul_mat(m.weight(1), x);
  // GPU: weight 0-32, x 32-64, a 64-96; a second split, whose weight lies at 0-32 and its product at 32-64. In one
  // split both weights would be there from the start: 128 units. Host: x.
  CHECK(m.units(m.g.mul_mat(m.weight(1), a)) == Units{96, 32});
}

TEST_CASE("A short batch is computed by the host, whose weights stay where they are") {
  Machine m(1);
  const NodeId a = m.g.mul_mat(m.weight(1), m.tokens(31));
  // x 0-31, a 31-62, b 0-31
  CHECK(m.units(m.g.mul_mat(m.weight(1), a)) == Units{0, 62});
}

TEST_CASE("A second GPU gets a copy of what the first made") {
  Machine m(2);
  const NodeId a = m.g.mul_mat(m.weight(0, {32, 64, 1, 1}), m.tokens(1));
  // first: copy of x 0-1, a 1-3; second: copy of a 0-2, the product 2-3; host: x
  CHECK(m.units(m.g.mul_mat(m.weight(1, {64, 32, 1, 1}), a)) == Units{3, 3, 1});
}

TEST_CASE("Pipelined GPUs hold four copies of all that enters a split, and the host of its inputs") {
  Machine m(2);
  m.options.copies = 4;
  const NodeId a = m.g.mul_mat(m.weight(0, {32, 64, 1, 1}), m.tokens(1));
  // host: 4 x; first: 4 copies of x, a behind them; second: 4 copies of a, the product behind them
  CHECK(m.units(m.g.mul_mat(m.weight(1, {64, 32, 1, 1}), a)) == Units{4 + 2, 4 * 2 + 1, 4});
}

TEST_CASE("Copies of a pipeline are never overwritten, copies without one are") {
  Machine m(1);
  const NodeId x = m.tokens(1);
  const NodeId scaled = m.g.mul(x, m.g.stored(Storage::kWeights, 0, kF32, {32, 1, 1, 1}));
  SECTION("one copy") { CHECK(m.units(scaled) == Units{1, 1}); }
  SECTION("four") {
    m.options.copies = 4;
    CHECK(m.units(scaled) == Units{5, 4});
  }
}

TEST_CASE("What the GPU cannot run takes the way over the host and back") {
  Machine m(1);
  const NodeId a = m.g.mul_mat(m.weight(0), m.tokens(1));
  const NodeId odd = m.g.apply(Op::kCumSum, kF32, {32, 1, 1, 1}, {a});
  const NodeId b = m.g.mul_mat(m.weight(0), odd);
  m.backends[0].unsupported = {odd};
  // GPU: copy of x 0-1, a 1-2 until it was copied; then the copy of the odd one 0-1, b 1-2.
  // Host: x 0-1 until it was copied, then the copy of a 0-1, the odd one 1-2
  CHECK(m.units(b) == Units{2, 2});
}

TEST_CASE("A backend that keeps inputs of fused experts needs more than one that does not") {
  const auto sum_of_experts = [](bool keeps) {
    Machine m(1);
    m.backends[0].keeps_fused_inputs = keeps;
    const NodeId experts = m.g.mul_mat_id(m.weight(0, {32, 32, 4, 1}), m.g.input(kF32, {32, 1, 1, 1}),
                                          m.g.input(kI32, {2, 1, 1, 1}));  // [32, 2]: two units
    const NodeId weighted = m.g.mul(experts, m.g.input(kF32, {1, 2, 1, 1}));
    const NodeId first = m.g.view(weighted, {32, 1, 1, 1}, {4, 256, 256, 256});
    const NodeId second = m.g.view(weighted, {32, 1, 1, 1}, {4, 256, 256, 256}, 128);
    return m.units(m.g.add(first, second));
  };
  // GPU: copies of the input 0-1, the ids 1-2 and the weights 2-3; experts 3-5. Not kept: weighted in place, 3-5; the
  // sum at 0-1.
  CHECK(sum_of_experts(false) == Units{5, 3});
  // Kept until the sum: weighted at 0-2, where input and ids were; the sum at 5-6.
  CHECK(sum_of_experts(true) == Units{6, 3});
}

TEST_CASE("Patterns are not settled where another backend goes on behind them than before") {
  Machine m(1);
  NodeId x = m.tokens(1);
  for (int place : {0, 0, 0, 1, 1, 0}) x = m.g.mul_mat(m.weight(place), x);
  m.g.expand(x);
  CHECK_FALSE(schedule(m.g, m.backends, m.options, {{0, 1, 2, 3, 4}}).settled);
}

TEST_CASE("Patterns are not settled where what all share is copied late") {
  Machine m(1);
  NodeId x = m.tokens(1);
  const NodeId shared = m.tokens(1);
  for (int i = 0; i < 6; ++i) {
    const NodeId product = m.g.mul_mat(m.weight(0), x);
    x = m.g.add(product, i < 2 ? product : shared);
  }
  m.g.expand(x);
  CHECK_FALSE(schedule(m.g, m.backends, m.options, {{0, 2, 4, 6, 8}}).settled);
}

TEST_CASE("Patterns that go from backend to backend need as much as with what was left out") {
  const auto needed = [](int repeats) {
    Machine m(1);
    NodeId x = m.tokens(1);
    for (int i = 0; i < repeats; ++i) x = m.g.mul_mat(m.weight(1), m.g.mul_mat(m.weight(0), x));
    m.g.expand(x);
    const Allocation allocation = schedule(m.g, m.backends, m.options, {{0, 2, 4, 6, 8}});
    CHECK(allocation.settled);
    return allocation.sizes;
  };
  CHECK(needed(5) == needed(25));
}

TEST_CASE("Patterns are not settled where who moves nodes sees beyond the repeats that are built") {
  const auto settles = [](std::size_t repeats, std::size_t built) {
    Machine m(1);
    m.backends[0].runs_nodes_ahead = true;
    NodeId x = m.tokens(1);
    for (std::size_t i = 0; i < repeats; ++i) x = m.g.mul_mat(m.weight(0), x);
    m.g.expand(x);
    return schedule(m.g, m.backends, m.options, {{0, 1, 2, 3, 4, built}}).settled;
  };
  CHECK(settles(120, 118));
  CHECK_FALSE(settles(120, 40));
  CHECK_FALSE(settles(60, 59));
}

TEST_CASE("Patterns within one split are looked for in its steps") {
  Machine m(1);
  NodeId x = m.tokens(1);
  for (int i = 0; i < 6; ++i) x = m.g.mul_mat(m.weight(0), x);
  m.g.expand(x);
  const Allocation allocation = schedule(m.g, m.backends, m.options, {{0, 1, 2, 3, 4}});
  CHECK(allocation.settled);
  CHECK(allocation.sizes == Units{2 * 128, 128});  // copy of x 0-1, then 1-2 and 0-1 in turns; x
}

}  // namespace

}  // namespace lfmfit::graph
