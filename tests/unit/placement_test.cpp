#include "core/llamacpp/placement.hpp"

#include "catch.hpp"

namespace {

using namespace lfmfit;

Tensor global(const char* name) {
  Tensor tensor;
  tensor.name = name;
  tensor.layer = -1;
  return tensor;
}

/// Three layers; the last two and the output are on two GPUs.
Placement spread() {
  Placement placement;
  placement.gpu_count = 2;
  placement.layers = {2, 0, 1};
  placement.output = 1;
  return placement;
}

Model with_sliding_first_layer(bool factors) {
  Attention sliding, full;
  sliding.sliding = true;
  sliding.rope_factors = factors;
  full.rope_factors = true;
  Model model;
  model.blocks.resize(3);
  model.blocks[0].mixer = sliding;
  model.blocks[1].mixer = full;
  model.blocks[2].mixer = full;
  return model;
}

TEST_CASE("Tensors of no layer lie with the output, inputs on the host") {
  const Model model = with_sliding_first_layer(true);
  CHECK(places_of_global(global("output_norm.weight"), model, spread()) == std::vector<int>{1});
  CHECK(places_of_global(global("token_embd.weight"), model, spread()) == std::vector<int>{2});
  CHECK(places_of_global(global("per_layer_token_embd.weight"), model, spread()) == std::vector<int>{2});
}

TEST_CASE("Projections of per-layer embeddings and norms of embeddings lie with the first layer") {
  Placement placement = spread();
  placement.layers = {0, 0, 1};
  Model model = with_sliding_first_layer(true);
  CHECK(places_of_global(global("per_layer_model_proj.weight"), model, placement) == std::vector<int>{0});
  CHECK(places_of_global(global("token_embd_norm.weight"), model, placement) == std::vector<int>{1});
  model.embedding_norm = true;
  CHECK(places_of_global(global("token_embd_norm.weight"), model, placement) == std::vector<int>{0});
}

TEST_CASE("Rotation factors are copied to every layer but sliding ones that turn without them") {
  CHECK(places_of_global(global("rope_freqs.weight"), with_sliding_first_layer(true), spread()) ==
        std::vector<int>{0, 1, 2});
  CHECK(places_of_global(global("rope_freqs.weight"), with_sliding_first_layer(false), spread()) ==
        std::vector<int>{0, 1});
}

}  // namespace
