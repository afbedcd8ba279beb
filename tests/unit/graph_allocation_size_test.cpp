#include "catch.hpp"
#include "core/llamacpp/graph/allocate.hpp"
#include "support/quantization_data.hpp"

// What a node takes: rows padded for kernels, and the f16 copies of keys and values that follow CUDA's flash attention
// where it does not read them as they are stored (fattn.cu, ggml_cuda_get_best_fattn_kernel).
namespace lfmfit::graph {

namespace {

using test::tensor_type;

TEST_CASE("Quantized rows are padded to the multiple that the backend asks for") {
  Graph g;
  const NodeId blocks = g.input(tensor_type("q8_0"), {96, 10, 1, 1});  // 3 blocks of 34 bytes a row
  BufferRules rules;
  CHECK(allocation_size(g, g[blocks], rules) == 10 * 102);
  rules.row_padding = 512;
  CHECK(allocation_size(g, g[blocks], rules) == 10 * 102 + (512 - 96) / 32 * 34);  // once, behind the last row
  const NodeId whole = g.input(tensor_type("q8_0"), {512, 2, 1, 1});
  CHECK(allocation_size(g, g[whole], rules) == 2 * 512 / 32 * 34);
  const NodeId plain = g.input(kF32, {96, 10, 1, 1});
  CHECK(allocation_size(g, g[plain], rules) == 10 * 96 * 4);
}

/// One attention node: the usual one of a Llama with 8 heads of keys, one token, a cache in bf16.
struct Scene {
  std::string type_k = "bf16", type_v = "bf16";
  std::int64_t head = 128, heads = 32, tokens = 1, sequences = 1, cells = 256;
  bool scratch = true;

  /// Bytes behind the result.
  std::int64_t behind() const {
    Graph g;
    const Shape cache{head, cells, 8, sequences};
    const NodeId q = g.input(kF32, {head, tokens, heads, sequences});
    const NodeId k = g.stored(Storage::kCache, 0, tensor_type(type_k), cache);
    const NodeId v = g.stored(Storage::kCache, 0, tensor_type(type_v), cache);
    const NodeId node = g.apply(Op::kFlashAttention, kF32, {head, heads, tokens, sequences}, {q, k, v});
    BufferRules rules;
    rules.flash_attention_scratch = scratch;
    return allocation_size(g, g[node], rules) - byte_count(g[node]);
  }
  /// Bytes of keys in f16.
  std::int64_t copy() const { return head * cells * 8 * sequences * 2; }
};

TEST_CASE("One token is attended to in the types that the kernel is built for") {
  Scene scene;
  CHECK(scene.behind() == 0);
  for (const char* type : {"q8_0", "q4_0"}) {
    scene.type_k = scene.type_v = type;
    CHECK(scene.behind() == 0);
  }
  for (const char* type : {"q5_0", "q5_1", "q4_1", "iq4_nl"}) {
    scene.type_k = scene.type_v = type;
    CHECK(scene.behind() == 2 * scene.copy());
  }
}

TEST_CASE("Keys and values of two types are both copied, those in f16 never") {
  Scene scene;
  scene.type_k = "q8_0";
  scene.type_v = "q4_0";
  CHECK(scene.behind() == 2 * scene.copy());
  scene.type_v = "f16";
  CHECK(scene.behind() == scene.copy());
  scene.type_k = "f16";
  scene.tokens = 512;
  CHECK(scene.behind() == 0);
}

TEST_CASE("Quantized keys are read as stored for up to two tokens, others for one") {
  Scene scene;
  scene.tokens = 2;
  CHECK(scene.behind() == 2 * scene.copy());
  scene.type_k = scene.type_v = "q8_0";
  CHECK(scene.behind() == 0);
  scene.tokens = 3;
  CHECK(scene.behind() == 2 * scene.copy());
}

TEST_CASE("Heads are multiples of 64 up to 256, but not 192") {
  Scene scene;
  scene.type_k = scene.type_v = "q8_0";
  for (const std::int64_t head : {64, 128, 256}) {
    scene.head = head;
    CHECK(scene.behind() == 0);
  }
  for (const std::int64_t head : {96, 160, 192, 320, 512}) {
    scene.head = head;
    CAPTURE(head);
    CHECK(scene.behind() == 2 * scene.copy());
  }
}

TEST_CASE("More than four heads that share keys are worth a copy from 8,192 cells on") {
  Scene scene;
  scene.heads = 40;
  scene.cells = 8192 - 256;
  CHECK(scene.behind() == 0);
  scene.cells = 8192;
  CHECK(scene.behind() == 2 * scene.copy());
  scene.heads = 32;
  CHECK(scene.behind() == 0);
}

TEST_CASE("More than four heads of 256 that share keys are worth a copy at once") {
  Scene scene;
  scene.head = 256;
  scene.heads = 32;
  CHECK(scene.behind() == 0);
  scene.heads = 40;
  CHECK(scene.behind() == 2 * scene.copy());
}

TEST_CASE("Several sequences are read as stored only where each head has its own keys") {
  Scene scene;
  scene.sequences = 2;
  CHECK(scene.behind() == 2 * scene.copy());
  scene.heads = 8;
  CHECK(scene.behind() == 0);
}

TEST_CASE("A backend without copies has none") {
  Scene scene;
  scene.tokens = 512;
  CHECK(scene.behind() == 2 * scene.copy());
  scene.scratch = false;
  CHECK(scene.behind() == 0);
}

TEST_CASE("Result and copies each begin at a multiple of 128 bytes") {
  Graph g;
  const NodeId q = g.input(kF32, {80, 3, 1, 1});
  const NodeId k = g.stored(Storage::kCache, 0, tensor_type("bf16"), {80, 99, 1, 1});
  const NodeId v = g.stored(Storage::kCache, 0, tensor_type("bf16"), {80, 99, 1, 1});
  const NodeId node = g.apply(Op::kFlashAttention, kF32, {80, 1, 3, 1}, {q, k, v});
  BufferRules rules;
  rules.flash_attention_scratch = true;
  // 960 -> 1,024 of the result, 15,840 -> 15,872 of keys, 15,840 of values
  CHECK(allocation_size(g, g[node], rules) == 1024 + 15872 + 15840);
}

TEST_CASE("Values that are a view of the keys share their copy") {
  Graph g;
  const NodeId q = g.input(kF32, {576, 3, 16, 1});
  const NodeId k = g.stored(Storage::kCache, 0, tensor_type("q8_0"), {576, 256, 1, 1});
  const NodeId v = g.view(k, {512, 256, 1, 1}, {34, 612, 612 * 256, 612 * 256});
  const NodeId node = g.apply(Op::kFlashAttention, kF32, {512, 16, 3, 1}, {q, k, v});
  BufferRules rules;
  rules.flash_attention_scratch = true;
  CHECK(allocation_size(g, g[node], rules) == 512 * 16 * 3 * 4 + 576 * 256 * 2);
}

}  // namespace

}  // namespace lfmfit::graph
