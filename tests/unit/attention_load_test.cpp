#include "core/speed/attention_load.hpp"

#include "catch.hpp"
#include "core/speed/attention_time.hpp"

namespace lfmfit {

using namespace speed;

namespace {

TensorType one_byte() {
  TensorType type;
  type.block_bytes = 1;
  return type;
}

Columns prompt_of(double tokens, double cells) {
  Columns columns;
  columns.prompt = true;
  columns.tokens = tokens;
  columns.cells = cells;
  return columns;
}

}  // namespace

TEST_CASE("tokens of a prompt see each other and what was before") {
  CHECK(mean_cells(0, prompt_of(101, 101)) == Approx(51));
  CHECK(mean_cells(0, prompt_of(101, 1101)) == Approx(1051));
}

TEST_CASE("behind a window, a token sees as many positions as the window holds, padded") {
  CHECK(mean_cells(256, prompt_of(1, 5000)) == Approx(257));
  CHECK(mean_cells(10, prompt_of(1, 5000)) == Approx(257));
  CHECK(mean_cells(256, prompt_of(1, 100)) == Approx(100));
}

TEST_CASE("requests with one cache attend over the cells of all") {
  Columns columns;
  columns.tokens = columns.requests = 4;
  columns.cells = 4000;
  columns.unified = true;
  CHECK(mean_cells(0, columns) == Approx(4000));
}

TEST_CASE("layers that are alike are counted together, others are kept apart") {
  const TensorType type = one_byte();
  PlaceLoad load;
  Attention attention;
  attention.n_head = attention.n_head_kv = 2;
  attention.head_dim_k = attention.head_dim_v = 8;
  add_attention(attention, {&type, &type}, load);
  add_attention(attention, {&type, &type}, load);
  attention.window = 128;
  add_attention(attention, {&type, &type}, load);
  REQUIRE(load.attention.size() == 2);
  CHECK(load.attention[0].layers == 2);
  CHECK(load.attention[1].layers == 1);
}

TEST_CASE("an encoder keeps no cache but attends") {
  const TensorType type = one_byte();
  Attention attention;
  attention.n_head = attention.n_head_kv = 2;
  attention.head_dim_k = attention.head_dim_v = 8;
  attention.cached = false;
  PlaceLoad load;
  add_attention(attention, {&type, &type}, load);
  REQUIRE(load.attention.size() == 1);
  CHECK(load.attention[0].cell_bytes == 0);
  CHECK(load.attention[0].heads == 2);
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
  PlaceLoad load;
  add_attention(attention, {&type, &type}, load);
  REQUIRE(load.attention.size() == 2);
  CHECK(load.attention[0].cell_bytes == 40);
  CHECK(load.attention[0].window == 100);
  CHECK(load.attention[1].cell_bytes == 16);
  CHECK(load.attention[1].window == 0);
}

TEST_CASE("mixers without a cache read nothing of earlier tokens, but some keep a state") {
  const TensorType type = one_byte();
  PlaceLoad load;
  StateSpace states;
  states.d_inner = 100;
  states.d_state = 16;
  add_attention(ShortConvolution{}, {&type, &type}, load);
  add_attention(states, {&type, &type}, load);
  CHECK(load.attention.empty());
  add_state(states, load);
  CHECK(load.states == 1600);
  GatedDeltaNet net;
  net.n_value_head = 3;
  net.head_dim = 10;
  add_state(net, load);
  CHECK(load.states == 1900);
  CHECK(load.delta_net == 300);
}

}  // namespace lfmfit
