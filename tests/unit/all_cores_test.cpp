#include "system/all_cores.hpp"

#include <atomic>
#include <stdexcept>
#include <vector>

#include "catch.hpp"

using namespace lfmfit;

TEST_CASE("Work on all cores is done once for each number") {
  std::vector<std::atomic<int>> done(1000);
  on_all_cores(done.size(), [&](std::size_t i) { ++done[i]; });
  int wrong = 0;
  for (const std::atomic<int>& times : done) wrong += times == 1 ? 0 : 1;
  CHECK(wrong == 0);
}

TEST_CASE("What work on all cores throws comes back, and no more is begun") {
  std::atomic<int> begun{0};
  const auto work = [&](std::size_t i) {
    ++begun;
    if (i == 3) throw std::runtime_error("the third");
  };
  CHECK_THROWS_WITH(on_all_cores(1'000'000, work), "the third");
  CHECK(begun < 1'000'000);
}
