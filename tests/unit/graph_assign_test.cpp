#include "catch.hpp"
#include "core/llamacpp/graph/schedule.hpp"

// Where ggml_backend_sched runs what: by the place of weights, then by the neighbours in the order of execution.
namespace lfmfit::graph {

namespace {

constexpr int kFirst = 0, kSecond = 1, kCpu = 2;

/// Two GPUs and the CPU.
struct Machine {
  Graph g;
  std::vector<SchedulerBackend> backends = std::vector<SchedulerBackend>(3);
  SchedulerOptions options;

  NodeId weight(int place) { return g.stored(Storage::kWeights, place, kF32, {32, 32, 1, 1}); }
  NodeId tokens(std::int64_t count) { return g.input(kF32, {32, count, 1, 1}); }
  std::vector<int> places(std::initializer_list<NodeId> results) {
    for (const NodeId id : results) g.expand(id);
    return assign_backends(g, backends, options, {}).backends;
  }
};

int at(const std::vector<int>& places, NodeId id) { return places[static_cast<std::size_t>(id)]; }

TEST_CASE("A product runs where its weight lies, and inputs lie on the host") {
  Machine m;
  const NodeId x = m.tokens(1);
  const NodeId a = m.g.mul_mat(m.weight(kFirst), x), b = m.g.mul_mat(m.weight(kSecond), a);
  const NodeId c = m.g.mul_mat(m.weight(kCpu), b);
  const std::vector<int> places = m.places({c});
  CHECK(at(places, x) == kCpu);
  CHECK(at(places, a) == kFirst);
  CHECK(at(places, b) == kSecond);
  CHECK(at(places, c) == kCpu);
}

TEST_CASE("From 32 tokens on the first GPU computes with weights of the host, unless it must not") {
  Machine m;
  std::int64_t count = 32;
  int expected = kFirst;
  SECTION("32") {}
  SECTION("31") {
    count = 31;
    expected = kCpu;
  }
  SECTION("no offload of operations") {
    m.options.op_offload = false;
    expected = kCpu;
  }
  const NodeId product = m.g.mul_mat(m.weight(kCpu), m.tokens(count));
  CHECK(at(m.places({product}), product) == expected);
}

TEST_CASE("The batch of experts is their tokens, that of a look-up nothing") {
  Machine m;
  const NodeId experts = m.g.stored(Storage::kWeights, kCpu, kF32, {32, 32, 8, 1});
  const auto chosen = [&](std::int64_t tokens) {
    return m.g.mul_mat_id(experts, m.g.input(kF32, {32, 1, tokens, 1}), m.g.input(kI32, {2, tokens, 1, 1}));
  };
  const NodeId few = chosen(31), many = chosen(32);
  const NodeId rows = m.g.get_rows(m.weight(kCpu), m.g.input(kI32, {512, 1, 1, 1}));
  const std::vector<int> places = m.places({few, rows, many});
  CHECK(at(places, few) == kCpu);
  CHECK(at(places, rows) == kCpu);
  CHECK(at(places, many) == kFirst);
}

TEST_CASE("What has no weight runs with its neighbours, and a GPU's word comes before the host's") {
  Machine m;
  const NodeId before = m.g.unary(m.tokens(1));
  const NodeId host = m.g.mul_mat(m.weight(kCpu), before);
  const NodeId between = m.g.unary(host);
  const NodeId gpu = m.g.mul_mat(m.weight(kSecond), between);
  const NodeId after = m.g.unary(gpu);
  const std::vector<int> places = m.places({after});
  CHECK(at(places, before) == kCpu);      // no GPU in reach: the host's product is in between
  CHECK(at(places, between) == kSecond);  // spread upwards from the GPU's product
  CHECK(at(places, after) == kSecond);
}

TEST_CASE("Spreading downwards comes first: between two GPUs the one before has the word") {
  Machine m;
  const NodeId first = m.g.mul_mat(m.weight(kFirst), m.tokens(1));
  const NodeId between = m.g.unary(first);
  const NodeId second = m.g.mul_mat(m.weight(kSecond), between);
  CHECK(at(m.places({second}), between) == kFirst);
}

TEST_CASE("What a GPU cannot run goes to the host, though its weight lies there") {
  Machine m;
  const NodeId product = m.g.mul_mat(m.weight(kFirst), m.tokens(1));
  m.backends[kFirst].unsupported = m.backends[kSecond].unsupported = {product};
  CHECK(at(m.places({product}), product) == kCpu);
}

TEST_CASE("What no neighbour can run goes where most of its sources lie") {
  Machine m;
  const NodeId source = m.g.mul_mat(m.weight(kSecond), m.tokens(1));
  const NodeId neighbour = m.g.mul_mat(m.weight(kFirst), m.tokens(1));
  const NodeId rest = m.g.unary(source);
  m.backends[kFirst].unsupported = {rest};
  CHECK(at(m.places({source, neighbour, rest}), rest) == kSecond);
}

TEST_CASE("Small tables do not draw rotation to where they lie") {
  Machine m;
  const NodeId product = m.g.mul_mat(m.weight(kFirst), m.tokens(1));
  const NodeId factors = m.g.stored(Storage::kWeights, kCpu, kF32, {32, 1, 1, 1});
  const NodeId rotated = m.g.same(Op::kRope, product, {m.g.input(kI32, {1, 1, 1, 1}), factors});
  CHECK(at(m.places({rotated}), rotated) == kFirst);
}

TEST_CASE("Writing into a cache runs where the cache lies, and views follow what they are views of") {
  Machine m;
  const NodeId cache = m.g.stored(Storage::kCache, kSecond, kF16, {32, 256, 1, 1});
  const NodeId value = m.g.mul_mat(m.weight(kFirst), m.tokens(1));
  const NodeId part = m.g.view(value, {32, 1, 1, 1});
  const NodeId written = m.g.set_rows(cache, part, m.g.input(kI64, {1, 1, 1, 1}));
  const std::vector<int> places = m.places({written});
  CHECK(at(places, written) == kSecond);
  CHECK(at(places, part) == kFirst);
}

TEST_CASE("A GPU that reads host buffers looks up in their weights, and leaves their matrices to the CPU") {
  Machine m;
  int expected = kCpu;
  SECTION("does not") {}
  SECTION("does") {
    m.backends[kFirst].reads_host = true;
    expected = kFirst;
  }
  SECTION("does, and cannot look up") {
    m.backends[kFirst].reads_host = true;
    m.backends[kFirst].unsupported = {2};
  }
  const NodeId row = m.g.get_rows(m.weight(kCpu), m.g.input(kI32, {1, 1, 1, 1}));
  REQUIRE(row == 2);
  const NodeId product = m.g.mul_mat(m.weight(kCpu), row);
  const std::vector<int> places = m.places({product});
  CHECK(at(places, row) == expected);
  CHECK(at(places, product) == kCpu);
}

}  // namespace

}  // namespace lfmfit::graph
