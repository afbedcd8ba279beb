#include "core/speed/expert_choice.hpp"

#include <cmath>

#include "catch.hpp"

namespace lfmfit {

using namespace speed;

TEST_CASE("one token touches the experts it uses, however unevenly they are chosen") {
  CHECK(choose_experts(32, 4, 1, 128, 0).touched == Approx(4.0 / 32));
  CHECK(choose_experts(32, 4, 1, 128, 1.2).touched == Approx(4.0 / 32));
}

TEST_CASE("tokens that choose evenly leave out an expert each on their own") {
  CHECK(choose_experts(8, 2, 10, 1e9, 0).touched == Approx(1 - std::pow(0.75, 10)));
}

TEST_CASE("uneven choice touches fewer experts") {
  double last = 1;
  for (const double spread : {0.0, 0.8, 1.2, 2.0}) {
    const double touched = choose_experts(128, 8, 16, 1e9, spread).touched;
    CHECK(touched < last);
    last = touched;
  }
}

TEST_CASE("all choices are made, though no expert is chosen by more than all tokens") {
  // with many tokens each touched expert fills tiles of its own: their columns are the choices and a part of a tile
  const ExpertChoice choice = choose_experts(8, 6, 100000, 8, 2);
  CHECK(choice.tiles * 8 * 8 >= 6 * 100000);
  CHECK(choice.tiles * 8 * 8 == Approx(6 * 100000).epsilon(0.001));
}

TEST_CASE("each touched expert has a tile at least, and its last one is half empty on average") {
  CHECK(choose_experts(128, 8, 4, 128, 0).tiles == Approx(choose_experts(128, 8, 4, 128, 0).touched));
  CHECK(choose_experts(8, 2, 4096, 32, 0).tiles == Approx(4096 * 2 / 8 / 32.0 + 0.5).epsilon(0.01));
}

TEST_CASE("more tokens never touch fewer experts nor fill fewer tiles") {
  double touched = 0, tiles = 0;
  for (double tokens = 1; tokens < 5000; tokens *= 1.3) {
    const ExpertChoice choice = choose_experts(64, 6, tokens, 64, 1.2);
    CHECK(choice.touched >= touched);
    CHECK(choice.tiles >= tiles * 0.999);
    touched = choice.touched;
    tiles = choice.tiles;
  }
}

}  // namespace lfmfit
