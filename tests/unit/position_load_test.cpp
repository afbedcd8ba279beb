#include "core/speed/position_load.hpp"

#include "catch.hpp"

namespace lfmfit {

using namespace speed;

namespace {

TensorType one_byte() {
  TensorType type;
  type.block_bytes = 1;
  return type;
}

}  // namespace

TEST_CASE("tokens of a prompt see each other and what was before") {
  CHECK(positions_seen(0, 0, 100) == Approx(100 * 100 / 2.0));
  CHECK(positions_seen(0, 1000, 100) == Approx(100 * 1050.0));
}

TEST_CASE("behind a window, a token sees as many positions as the window holds") {
  CHECK(positions_seen(10, 1000, 100) == Approx(100 * 10.0));
  CHECK(positions_seen(10, 0, 10) == Approx(50));
  CHECK(positions_seen(10, 0, 20) == Approx(50 + 100));
}

TEST_CASE("layers that see equally far are added up, others are kept apart") {
  std::vector<PositionLoad> loads;
  add(loads, {0, 10, 1});
  add(loads, {128, 5, 1});
  add(loads, {0, 10, 1});
  REQUIRE(loads.size() == 2);
  CHECK(loads[0].bytes == 20);
  CHECK(loads[1].bytes == 5);
}

TEST_CASE("an encoder keeps no cache but attends") {
  const TensorType type = one_byte();
  Attention attention;
  attention.n_head = attention.n_head_kv = 2;
  attention.head_dim_k = attention.head_dim_v = 8;
  attention.cached = false;
  const std::vector<PositionLoad> loads = position_loads(attention, {&type, &type});
  REQUIRE(loads.size() == 1);
  CHECK(loads[0].bytes == 0);
  CHECK(loads[0].operations == 2 * 2 * 16);
}

TEST_CASE("a sparse indexer reads its own keys everywhere and latent rows where it chose") {
  const TensorType type = one_byte();
  LatentAttention attention;
  attention.n_head = 4;
  attention.kv_lora_rank = 32;
  attention.head_dim_rope = 8;
  attention.indexer_heads = 2;
  attention.indexer_head_dim = 16;
  attention.indexer_top_k = 100;
  PlaceLoad place;
  place.positions = position_loads(attention, {&type, &type});
  CHECK(cache_bytes(place, 50) == Approx(50 * (40 + 16)));
  CHECK(cache_bytes(place, 1000) == Approx(100 * 40 + 1000 * 16));
}

TEST_CASE("mixers without a cache read nothing of earlier tokens") {
  const TensorType type = one_byte();
  CHECK(position_loads(ShortConvolution{}, {&type, &type}).empty());
  CHECK(position_loads(GatedDeltaNet{}, {&type, &type}).empty());
}

}  // namespace lfmfit
