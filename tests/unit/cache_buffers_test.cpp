#include "core/llamacpp/cache_buffers.hpp"

#include "catch.hpp"
#include "support/scene.hpp"

namespace lfmfit {

namespace {

struct Kept {
  CacheBuffers buffers;
  std::string caches, states;
};

Kept kept_by(const std::string& name, const Request& request) {
  const Question question = test::question_about(name);
  const Model& model = *question.model;
  const Scene scene = resolve(request, model);
  const CacheSizes cells = cache_sizes(request, model, scene);
  const MemoryContext context{*question.backend, *question.cache.k, *question.cache.v};
  Kept kept{cache_buffers(model, scene, cells, place_layers(model, request, false), context), {}, {}};
  kept.caches = cache_formula(kept.buffers, scene, cells, context);
  kept.states = state_formula(kept.buffers, scene, request);
  return kept;
}

}  // namespace

TEST_CASE("Attention keeps keys and values, convolutions a state") {
  const Kept kept = kept_by("LiquidAI/LFM2-1.2B", {});
  REQUIRE(kept.buffers.kv.size() == 2);  // the GPU and the host
  CHECK(kept.buffers.kv[0].bytes() == Bytes(6LL * 4096 * 2 * 512 * 2));
  CHECK(kept.buffers.state[0].bytes() == Bytes(10LL * 2 * 2048 * 4));
  CHECK(kept.buffers.kv[1].bytes() == Bytes());
  CHECK(kept.caches == "6 layers x 4096 cells x (K 512 f16 + V 512 f16)");
  CHECK(kept.states == "10 layers x 1 sequence, f32");
}

TEST_CASE("Layers that slide keep cells of their own, and what slots have apart is told") {
  Request request;
  request.parallel = 2;
  const Kept kept = kept_by("openai/gpt-oss-20b", request);
  CHECK(kept.buffers.full_layers == 12);
  CHECK(kept.buffers.sliding_layers == 12);
  CHECK(kept.caches ==
        "12 layers x 2048 cells + 12 sliding layers x 768 cells x (K 512 f16 + V 512 f16) x 2 sequences");
}

}  // namespace lfmfit
