#include "catch.hpp"
#include "core/llamacpp/graph/support.hpp"
#include "support/quantization_data.hpp"

namespace lfmfit::graph {

namespace {

using test::tensor_type;

/// Attention of `heads` heads over 8 heads of keys.
NodeId attention(Graph& g, std::int64_t head_k, std::int64_t head_v, std::int64_t heads = 32) {
  const NodeId q = g.input(kF32, {head_k, 1, heads, 1});
  const NodeId k = g.stored(Storage::kCache, 0, kF16, {head_k, 256, 8, 1});
  const NodeId v = g.stored(Storage::kCache, 0, kF16, {head_v, 256, 8, 1});
  return g.apply(Op::kFlashAttention, kF32, {head_v, heads, 1, 1}, {q, k, v});
}

bool runs(const Graph& g, NodeId id, const BackendTraits& traits) { return is_supported(g, g[id], traits); }

TEST_CASE("Without limits everything runs") {
  Graph g;
  CHECK(runs(g, attention(g, 192, 128), BackendTraits{}));
  CHECK(runs(g, g.unary(g.input(kF32, {1, 1, 1, 1})), BackendTraits{}));
  CHECK(only_attention_is_limited(BackendTraits{}));
}

TEST_CASE("Attention runs for the listed heads and groups alone") {
  BackendTraits traits;
  traits.flash_attention_shapes = {{128, 128, 1}, {192, 128, 8}};
  CHECK(only_attention_is_limited(traits));
  Graph g;
  CHECK(runs(g, attention(g, 128, 128), traits));
  CHECK_FALSE(runs(g, attention(g, 128, 64), traits));
  CHECK_FALSE(runs(g, attention(g, 80, 80), traits));
  CHECK_FALSE(runs(g, attention(g, 192, 128, 32), traits));  // four heads share keys, not eight
  CHECK(runs(g, attention(g, 192, 128, 64), traits));
}

TEST_CASE("Heads of attention are multiples where a backend asks for it") {
  BackendTraits traits;
  traits.flash_attention_multiple = 8;
  Graph g;
  CHECK(runs(g, attention(g, 72, 72), traits));
  CHECK_FALSE(runs(g, attention(g, 72, 68), traits));
  CHECK_FALSE(runs(g, attention(g, 68, 72), traits));
}

TEST_CASE("Keys and values are of types that attention takes, and of one where it asks for that") {
  Graph g;
  const auto attended = [&](const char* key, const char* value) {
    const auto cache = [&](const char* type) {
      return g.stored(Storage::kCache, 0, tensor_type(type), {64, 256, 1, 1});
    };
    const NodeId q = g.input(kF32, {64, 1, 1, 1});
    return g.apply(Op::kFlashAttention, kF32, {64, 1, 1, 1}, {q, cache(key), cache(value)});
  };
  BackendTraits traits;
  CHECK(runs(g, attended("q5_1", "q8_0"), traits));
  traits.flash_attention_same_types = true;
  CHECK_FALSE(runs(g, attended("q5_1", "q8_0"), traits));
  CHECK(runs(g, attended("iq4_nl", "iq4_nl"), traits));
  traits.flash_attention_types = {"f16", "q8_0"};
  CHECK(runs(g, attended("q8_0", "q8_0"), traits));
  CHECK_FALSE(runs(g, attended("iq4_nl", "iq4_nl"), traits));
  traits.flash_attention_same_types = false;
  CHECK(runs(g, attended("f16", "q8_0"), traits));
  CHECK_FALSE(runs(g, attended("f16", "q5_1"), traits));
  CHECK_FALSE(runs(g, attended("q5_1", "f16"), traits));
}

TEST_CASE("A tensor above the limit runs elsewhere, and so does what reads one") {
  BackendTraits traits;
  traits.largest_tensor = Bytes(400);
  CHECK_FALSE(only_attention_is_limited(traits));
  Graph g;
  const NodeId small = g.input(kF32, {100, 1, 1, 1}), large = g.input(kF32, {101, 1, 1, 1});
  CHECK(runs(g, g.unary(small), traits));
  CHECK_FALSE(runs(g, g.unary(large), traits));
  CHECK_FALSE(runs(g, g.view(large, {100, 1, 1, 1}), traits));
  CHECK_FALSE(runs(g, g.repeat(small, {101, 1, 1, 1}), traits));
}

TEST_CASE("Views with gaps into quantized matrices run where a backend can") {
  BackendTraits traits;
  Graph g;
  const NodeId matrix = g.stored(Storage::kWeights, 0, tensor_type("q8_0"), {64, 32, 4, 1});
  const NodeId x = g.input(kF32, {32, 1, 1, 1});
  const NodeId whole = g.mul_mat(matrix, g.input(kF32, {64, 1, 1, 1}));
  const NodeId part = g.mul_mat(g.view(matrix, {32, 32, 4, 1}, g[matrix].nb), x);
  const NodeId plain =
      g.mul_mat(g.view(g.stored(Storage::kWeights, 0, kF16, {64, 32, 1, 1}), {32, 32, 1, 1}, {2, 128, 4096, 4096}), x);
  CHECK(runs(g, part, traits));
  traits.quantized_views = false;
  CHECK(runs(g, whole, traits));
  CHECK(runs(g, plain, traits));
  CHECK_FALSE(runs(g, part, traits));
}

TEST_CASE("Scans of states run for the listed sizes, and for Mamba-2 alone") {
  BackendTraits traits;
  traits.state_sizes = {128, 256};
  Graph g;
  const auto scan = [&](std::int64_t d_state, std::int64_t head_dim, std::int64_t a_rows) {
    const NodeId state = g.input(kF32, {d_state, head_dim, 8, 1}), x = g.input(kF32, {head_dim, 8, 1, 1});
    return g.apply(Op::kSsmScan, kF32, {1, 1, 1, 1}, {state, x, x, g.input(kF32, {a_rows, 8, 1, 1})});
  };
  CHECK(runs(g, scan(128, 64, 1), traits));
  CHECK_FALSE(runs(g, scan(64, 64, 1), traits));
  CHECK_FALSE(runs(g, scan(128, 60, 1), traits));    // heads come in sixteens
  CHECK_FALSE(runs(g, scan(128, 64, 128), traits));  // Mamba has a number for each state
  CHECK(runs(g, scan(64, 60, 64), BackendTraits{}));
}

}  // namespace

}  // namespace lfmfit::graph
