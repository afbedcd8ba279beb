#include "catch.hpp"
#include "core/llamacpp/graph/allocate.hpp"
#include "core/llamacpp/graph/kernel_scratch.hpp"
#include "support/quantization_data.hpp"

// What ggml-metal reserves behind results (ggml-metal-ops.cpp, the ggml_metal_op_*_extra_* functions), worked out by
// hand.
namespace lfmfit::graph {

namespace {

using test::tensor_type;

/// Attention of a Llama with 32 heads, 8 of keys, over 4,096 cells.
struct Attended {
  std::string type = "f16";
  std::int64_t tokens = 512;
  bool masked = true, shared = false;

  std::int64_t scratch(bool copies) const {
    Graph g;
    const TensorType& kind = tensor_type(type);
    const auto cache = [&] {
      const NodeId all = g.stored(Storage::kCache, 0, kind, {1024, 4096, 1, 1});
      const std::int64_t head = 128 * kind.block_bytes / kind.block_elements;
      return g.permute(g.view(all, {128, 8, 4096, 1}, {kind.block_bytes, head, 8 * head, 8 * head * 4096}), 0, 2, 1, 3);
    };
    const NodeId q = g.input(kF32, {128, tokens, 32, 1}), k = cache();
    const NodeId v = shared ? g.view(k, g[k].ne, g[k].nb) : cache();
    const NodeId mask = masked ? g.input(kF16, {4096, tokens, 1, 1}) : kNoNode;
    const NodeId node = g.apply(Op::kFlashAttention, kF32, {128, 32, tokens, 1}, {q, k, v, mask});
    return kernel_scratch(g, g[node], copies);
  }
};

constexpr std::int64_t kSums = 4LL * 32 * 32 * 32 * 130;  // of 32 queries in 32 workgroups
constexpr std::int64_t kCopy = 2LL * 1024 * 4096;

}  // namespace

TEST_CASE("Metal's attention reserves a block of cells, a byte a block of the mask, and what workgroups found") {
  const std::int64_t pad = 64 * (2 * 2048 * 8 + 2 * 512), blocks = (512 / 8) * (4096 / 64);
  CHECK(Attended{}.scratch(false) == pad + blocks + kSums);
  Attended unmasked;
  unmasked.masked = false;
  CHECK(unmasked.scratch(false) == 64 * 2 * 2048 * 8 + kSums);
  Attended one;
  one.tokens = 1;  // by vector: a block of 32 cells of one query
  CHECK(one.scratch(false) == 64 * (2 * 2048 * 8 + 2) + 4096 / 32 + kSums / 32);
}

TEST_CASE("Since August 2026 it has room for keys and values as F16, whatever they are") {
  for (const char* type : {"f16", "q8_0"}) {
    Attended scene;
    scene.type = type;
    const std::int64_t row = scene.type == "f16" ? 2048 : 256;  // quantized ones are padded as they are copied
    CHECK(scene.scratch(true) == 64 * (2 * row * 8 + 2 * 512) + 64 * 64 + kSums + 2 * kCopy);
  }
  Attended few;
  few.type = "q8_0";
  few.tokens = 31;  // are read as they are stored, in blocks of rows with all heads
  CHECK(few.scratch(true) == 64 * (2 * 1088 * 8 + 2 * 31) + 4 * 64 + 4LL * 31 * 32 * 32 * 130 + 2 * kCopy);
}

TEST_CASE("Values that are the keys' own tensor are copied once") {
  Attended scene;
  scene.shared = true;
  CHECK(Attended{}.scratch(true) - scene.scratch(true) == kCopy);
}

TEST_CASE("Experts keep where each token goes, and sorting takes twice its result") {
  Graph g;
  const NodeId experts = g.stored(Storage::kWeights, 0, kF32, {64, 64, 32, 1});
  const NodeId product = g.mul_mat_id(experts, g.input(kF32, {64, 1, 512, 1}), g.input(kI32, {4, 512, 1, 1}));
  CHECK(kernel_scratch(g, g[product], false) == 4 * 32 * 513);
  CHECK(kernel_scratch(g, g[product], true) == 4 * 32 * 513 + 4 * 258);
  const NodeId scores = g.input(kF32, {32, 512, 1, 1});
  const NodeId sorted = g.apply(Op::kArgSort, kI32, {32, 512, 1, 1}, {scores});
  CHECK(kernel_scratch(g, g[sorted], true) == byte_count(g[sorted]));
  const NodeId top = g.apply(Op::kTopK, kI32, {4, 512, 1, 1}, {scores});
  CHECK(kernel_scratch(g, g[top], true) + byte_count(g[top]) == 8 * 32 * 512);
  CHECK(kernel_scratch(g, g[scores], true) == 0);
}

TEST_CASE("Only a backend that says so reserves it") {
  Graph g;
  const NodeId sorted = g.apply(Op::kArgSort, kI32, {32, 1, 1, 1}, {g.input(kF32, {32, 1, 1, 1})});
  BufferRules rules;
  CHECK(allocation_size(g, g[sorted], rules) == 128);
  rules.kernel_scratch = true;
  CHECK(allocation_size(g, g[sorted], rules) == 256);
}

}  // namespace lfmfit::graph
