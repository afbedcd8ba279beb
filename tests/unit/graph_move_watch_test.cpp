#include <functional>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "core/llamacpp/graph/move_watch.hpp"

namespace lfmfit::graph {

namespace {

const std::vector<Repeat> kRepeats = {{2, 4, 6, 8, 10, 14}};

/// As one says who is asked of [0, 20): one more is placed at the end of each repeat than lies before it.
std::vector<Standing> said(const MoveWatch& watch) {
  std::vector<Standing> standings = watch.standings_in(0, 20);
  for (Standing& standing : standings) {
    standing.placed = standing.position + 1;
    standing.seen = standing.position + 3;
    standing.ahead = {0, 1};
  }
  return standings;
}

bool settles(const std::function<void(std::vector<Standing>&)>& change) {
  MoveWatch watch(kRepeats);
  std::vector<Standing> standings = said(watch);
  change(standings);
  watch.note(std::move(standings), 0);
  return watch.settled();
}

}  // namespace

TEST_CASE("Who moves nodes is asked at the ends of repeats, counted from where the part begins") {
  const MoveWatch watch(kRepeats);
  const std::vector<Standing> standings = watch.standings_in(4, 10);
  REQUIRE(standings.size() == 3);
  CHECK(standings[0].position == 0);
  CHECK(standings[2].position == 4);
}

TEST_CASE("Moves are settled where it stands alike two repeats later") {
  CHECK(settles([](std::vector<Standing>&) {}));
  CHECK_FALSE(settles([](std::vector<Standing>& standings) { standings[1].ahead = {0}; }));  // the first
  CHECK_FALSE(settles([](std::vector<Standing>& standings) { standings[4].placed = 12; }));  // the fourth
  CHECK_FALSE(settles([](std::vector<Standing>& standings) { standings.erase(standings.begin() + 3); }));
  CHECK(settles([](std::vector<Standing>& standings) { standings[4].seen = 14; }));
  CHECK_FALSE(settles([](std::vector<Standing>& standings) { standings[4].seen = 15; }));
}

TEST_CASE("Where nothing is moved all stays in its place, and is settled") {
  MoveWatch watch(kRepeats);
  CHECK(watch.settled());
  CHECK(watch.moved(6) == 6);
  watch.note({{2, 3, 4, {}}}, 4);
  CHECK(watch.moved(6) == 7);
}

}  // namespace lfmfit::graph
