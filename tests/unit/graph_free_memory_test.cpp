#include "catch.hpp"
#include "core/llamacpp/graph/free_memory.hpp"

// The rules of ggml_dyn_tallocr (ggml-alloc.c), each with addresses that were counted by hand.
namespace lfmfit::graph {

namespace {

constexpr std::int64_t kNoLimit = 0;

TEST_CASE("Blocks are taken one behind the other") {
  FreeMemory memory(kNoLimit);
  CHECK(memory.high_water() == 0);
  CHECK(memory.take(300).offset == 0);
  CHECK(memory.take(200).offset == 300);
  CHECK(memory.high_water() == 500);
}

TEST_CASE("Of the gaps the one that fits best is taken, not the first") {
  FreeMemory memory(kNoLimit);
  const Address wide = memory.take(300);  // [0, 300)
  memory.take(100);
  const Address narrow = memory.take(200);  // [400, 600)
  memory.take(100);
  memory.give(wide, 300);
  memory.give(narrow, 200);
  CHECK(memory.take(150).offset == 400);
  CHECK(memory.take(150).offset == 0);  // the 50 that are left at 550 are too few
  CHECK(memory.take(50).offset == 550);
  CHECK(memory.high_water() == 700);
}

TEST_CASE("Of gaps of one size the last is taken") {
  FreeMemory memory(kNoLimit);
  const Address first = memory.take(100);
  memory.take(100);
  const Address second = memory.take(100);  // [200, 300)
  memory.take(100);
  memory.give(first, 100);
  memory.give(second, 100);
  CHECK(memory.take(100).offset == 200);
}

TEST_CASE("The end is taken only where no gap is large enough") {
  FreeMemory memory(kNoLimit);
  const Address gap = memory.take(100);
  memory.take(100);
  memory.give(gap, 100);
  CHECK(memory.take(101).offset == 200);
  CHECK(memory.take(100).offset == 0);
  CHECK(memory.high_water() == 301);
}

TEST_CASE("What is given back merges with free neighbours on both sides") {
  FreeMemory memory(kNoLimit);
  const Address a = memory.take(100), b = memory.take(100), c = memory.take(100);
  memory.take(100);
  memory.give(a, 100);
  memory.give(c, 100);
  memory.give(b, 100);                  // closes the hole between the other two
  CHECK(memory.take(300).offset == 0);  // fits in nothing less than all three
  CHECK(memory.high_water() == 400);
}

TEST_CASE("The neighbour may be before, behind, or the free end") {
  FreeMemory memory(kNoLimit);
  const Address a = memory.take(100), b = memory.take(100);
  memory.take(100);
  SECTION("before") {
    memory.give(a, 100);
    memory.give(b, 100);
    CHECK(memory.take(200).offset == 0);
  }
  SECTION("behind") {
    memory.give(b, 100);
    memory.give(a, 100);
    CHECK(memory.take(200).offset == 0);
  }
  SECTION("the end") {
    const Address last = memory.take(100);  // [300, 400)
    memory.give(last, 100);
    CHECK(memory.take(500).offset == 300);
    CHECK(memory.high_water() == 800);
  }
}

TEST_CASE("Giving back never lowers the high-water mark") {
  FreeMemory memory(kNoLimit);
  const Address a = memory.take(1000);
  memory.give(a, 1000);
  memory.take(10);
  CHECK(memory.high_water() == 1000);
}

TEST_CASE("A backend that limits allocations gets several chunks, which add up") {
  FreeMemory memory(1000);
  memory.take(600);
  const Address second = memory.take(600);  // 400 are left in the first chunk
  CHECK(second.chunk == 1);
  CHECK(second.offset == 0);
  CHECK(memory.take(300).chunk == 0);
  CHECK(memory.high_water() == 900 + 600);
}

TEST_CASE("A tensor above the limit gets a chunk of its own size, which nothing else enters") {
  FreeMemory memory(1000);
  CHECK(memory.take(1500).chunk == 0);
  CHECK(memory.take(1).chunk == 1);
  CHECK(memory.high_water() == 1501);
}

TEST_CASE("The sixteenth chunk is the last and has no limit") {
  FreeMemory memory(10);
  for (int i = 0; i < 16; ++i) CHECK(memory.take(10).chunk == i);
  const Address beyond = memory.take(10);
  CHECK(beyond.chunk == 15);
  CHECK(beyond.offset == 10);
}

TEST_CASE("A gap in a later chunk wins over one that fits better in an earlier") {
  FreeMemory memory(1000);
  const Address snug = memory.take(100);   // [0, 100) of chunk 0
  const Address roomy = memory.take(950);  // [0, 950) of chunk 1
  CHECK(memory.take(860).chunk == 0);      // up to 960
  CHECK(memory.take(45).chunk == 1);       // chunk 0 has 40 left
  memory.give(snug, 100);
  memory.give(roomy, 950);
  const Address taken = memory.take(100);
  CHECK(taken.chunk == 1);
  CHECK(taken.offset == 0);
}

TEST_CASE("Of the ends the one is taken that makes its chunk grow least") {
  FreeMemory memory(1000);
  memory.take(900);
  memory.take(700);                       // chunk 1
  const Address tail = memory.take(200);  // [700, 900) of chunk 1
  memory.give(tail, 200);
  const Address taken = memory.take(90);  // chunk 0 would grow by 90, chunk 1 not at all
  CHECK(taken.chunk == 1);
  CHECK(taken.offset == 700);
  CHECK(memory.high_water() == 900 + 900);
}

TEST_CASE("Of the ends that need not grow the one is taken that leaves least unused") {
  FreeMemory memory(1000);
  memory.take(700);
  const Address first = memory.take(200);  // [700, 900) of chunk 0
  memory.take(800);
  const Address second = memory.take(150);  // [800, 950) of chunk 1
  memory.give(first, 200);
  memory.give(second, 150);
  CHECK(memory.take(100).chunk == 1);  // leaves 50, chunk 0 would leave 100
}

TEST_CASE("Free memory in the same state has the same description") {
  FreeMemory one(kNoLimit), other(kNoLimit);
  const Address a = one.take(100);
  one.take(100);
  one.give(a, 100);
  const Address b = other.take(100);
  other.take(100);
  std::vector<std::int64_t> before, same, different;
  one.describe(before);
  other.describe(different);
  CHECK(before != different);
  other.give(b, 100);
  other.describe(same);
  CHECK(before == same);
}

}  // namespace

}  // namespace lfmfit::graph
