#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/memory.hpp"

// What llama.cpp makes of a request (llama-context.cpp).
namespace {

using namespace lfmfit;

/// A model of one layer that decodes, or of one that encodes.
Model model_of_one_layer(bool cached = true, std::int64_t window = 0) {
  Attention attention;
  attention.cached = cached;
  attention.window = window;
  attention.sliding = window > 0;
  Model model;
  model.blocks.resize(1);
  model.blocks[0].mixer = attention;
  return model;
}

Request of(std::int64_t context, std::int64_t parallel = 1) {
  Request request;
  request.context = Tokens(context);
  request.parallel = parallel;
  return request;
}

Scene scene_of(const Request& request) { return resolve(request, model_of_one_layer()); }

TEST_CASE("The context is padded to a multiple of 256 cells") {
  CHECK(scene_of(of(1)).context == Tokens(256));
  CHECK(scene_of(of(256)).context == Tokens(256));
  CHECK(scene_of(of(257)).context == Tokens(512));
  CHECK(scene_of(of(4096)).context == Tokens(4096));
}

TEST_CASE("Slots share the padded context, and each share is padded again") {
  // 1,000 is padded to 1,024; a third of that is 341, padded to 512
  const Scene scene = scene_of(of(1000, 3));
  CHECK(scene.context_per_sequence == Tokens(512));
  CHECK(scene.context == Tokens(3 * 512));
  CHECK(scene.sequences == 3);
  CHECK(scene.streams == 3);
  CHECK(scene_of(of(4096, 4)).context_per_sequence == Tokens(1024));
  CHECK(scene_of(of(256, 256)).context == Tokens(256 * 256));
}

TEST_CASE("A unified cache is one for all slots") {
  Request request = of(1000, 3);
  request.kv_unified = true;
  const Scene scene = scene_of(request);
  CHECK(scene.context == Tokens(1024));
  CHECK(scene.context_per_sequence == Tokens(1024));
  CHECK(scene.streams == 1);
  CHECK(scene.sequences == 3);
  CHECK(tokens_of_each(request) == Tokens(1000));
  CHECK(tokens_of_each(of(1000, 3)) == Tokens(333));
}

TEST_CASE("The batch ends at the context as asked for, the micro-batch at the batch") {
  const Scene scene = scene_of(of(300));
  CHECK(scene.batch == 300);
  CHECK(scene.ubatch == 300);
  CHECK(scene_of(of(4096)).batch == 2048);
  CHECK(scene_of(of(4096)).ubatch == 512);
  CHECK(resolve(of(300), model_of_one_layer(false)).batch == 2048);  // an encoder takes whole texts
}

TEST_CASE("Rows of logits: one a slot, or as asked for, no more than there are tokens") {
  Request request = of(4096, 4);
  CHECK(scene_of(request).outputs == 4);
  request.outputs = 7;
  CHECK(scene_of(request).outputs == 7);
  request.outputs = 100000;
  CHECK(scene_of(request).outputs == 512);
  request.all_outputs = true;
  CHECK(scene_of(request).outputs == 512);
}

TEST_CASE("Before contexts were told how many rows they hold, all were reserved of as many tokens as slots share") {
  Request request = of(4096, 10);
  CHECK(scene_of(request).outputs == 10);
  request.release = &releases().front();
  CHECK(scene_of(request).outputs == 520);  // 512 tokens are no multiple of 10
  request.parallel = 4;
  CHECK(scene_of(request).outputs == 512);
}

TEST_CASE("Requests that llama.cpp could not run with are refused, those at the limit are not") {
  CHECK_NOTHROW(validate(of(1, 256)));
  CHECK_THROWS_AS(validate(of(1, 257)), Error);
  CHECK_THROWS_AS(validate(of(1, 0)), Error);
  CHECK_THROWS_AS(validate(of(0)), Error);
  CHECK_NOTHROW(validate(of(std::int64_t{1} << 31)));
  CHECK_THROWS_AS(validate(of((std::int64_t{1} << 31) + 1)), Error);
  Request request;
  const auto refused_when = [&](auto change) {
    Request changed = request;
    change(changed);
    CHECK_THROWS_AS(validate(changed), Error);
  };
  CHECK_NOTHROW(validate(request));
  refused_when([](Request& r) { r.batch = 0; });
  refused_when([](Request& r) { r.batch = (1 << 22) + 1; });
  refused_when([](Request& r) { r.ubatch = 0; });
  refused_when([](Request& r) { r.outputs = 0; });
  refused_when([](Request& r) { r.gpu_layers = -2; });
  refused_when([](Request& r) { r.n_cpu_moe = -1; });
  refused_when([](Request& r) { r.gpu_count = 65; });
  refused_when([](Request& r) { r.main_gpu = 1; });
  refused_when([](Request& r) { r.main_gpu = -1; });
  refused_when([](Request& r) { r.tensor_split = {1, 1}; });
  refused_when([](Request& r) { r.tensor_split = {0}; });
  refused_when([](Request& r) { r.tensor_split = {-1}; });
  refused_when([](Request& r) { r.depth = Tokens(-1); });
}

TEST_CASE("An embedding is computed within one micro-batch, and every row of it is read") {
  Request request = of(8192);
  request.embeddings = true;
  const Scene scene = scene_of(request);
  CHECK(scene.batch == 512);
  CHECK(scene.ubatch == 512);
  CHECK(scene.outputs == 512);
  CHECK(scene.embeddings);
}

TEST_CASE("A server that pools may be asked for every row, though it generates too") {
  Request request = of(8192);
  request.pooling = Pooling::kMean;
  CHECK(scene_of(request).outputs == 512);
  CHECK(scene_of(request).batch == 2048);
  request.pooling = Pooling::kNone;
  CHECK(scene_of(request).outputs == 1);
}

TEST_CASE("A context that sees what comes behind does not shorten the batch") {
  Model model = model_of_one_layer();
  CHECK(resolve(of(100), model).ubatch == 100);
  model.causal = false;
  CHECK(resolve(of(100), model).ubatch == 256);
}

}  // namespace
