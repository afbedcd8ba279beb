#include "core/mlx/command_queue.hpp"

#include "catch.hpp"

using namespace lfmfit;

namespace {

constexpr double kMib = 1048576;

MlxFacts facts(std::int64_t in_flight) {
  MlxFacts facts;
  facts.commands_in_flight = in_flight;
  facts.commands = 50;
  facts.commands_mib = 50;
  return facts;
}

/// The most that a chain of `count` operations holds, each of which makes 60 MiB of what the last one made.
double chain(const MlxFacts& facts, int count) {
  mlx::CommandQueue queue(facts);
  int last = queue.add(60 * kMib, 0, {});
  for (int i = 1; i < count; ++i) last = queue.add(60 * kMib, 0, {last});
  return queue.peak() / kMib;
}

}  // namespace

TEST_CASE("results live until the buffers that read them have run") {
  // the first operation reads nothing and shares a buffer with the second; then each fills one
  const MlxFacts none = facts(0), two = facts(2);
  CHECK(chain(none, 20) == 120);  // what is read, and what is made
  CHECK(chain(two, 20) == 240);   // and what two buffers before hold
  CHECK(chain(facts(100), 20) == 1200);
}

TEST_CASE("a buffer is full of operations, or of what they read, which counts once") {
  MlxFacts few = facts(0);
  few.commands = 3;
  mlx::CommandQueue small(few);
  const int first = small.add(kMib, 0, {});
  for (int i = 0; i < 3; ++i) small.add(kMib, 0, {first});  // four operations: full
  small.add(kMib, 0, {});                                   // the buffer before has run
  CHECK(small.peak() == 4 * kMib);
  const MlxFacts usual = facts(0);
  mlx::CommandQueue weights(usual);
  weights.add(kMib, 51 * kMib, {});  // full of weights
  weights.add(kMib, 0, {});
  CHECK(weights.peak() == kMib);
}
