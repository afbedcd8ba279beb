#include "core/llamacpp/placement.hpp"

#include "catch.hpp"

namespace lfmfit {

namespace {

/// Four layers of attention; experts in the last two.
Model model() {
  Model model;
  model.blocks.resize(4);
  for (Block& block : model.blocks) block.mixer = Attention{};
  model.blocks[2].feed_forward = MixtureOfExperts{};
  model.blocks[3].feed_forward = MixtureOfExperts{};
  return model;
}

}  // namespace

TEST_CASE("The last layers and the output go to the GPU first") {
  Request request;
  request.gpu_layers = 2;
  const Placement placement = place_layers(model(), request, false);
  CHECK(placement.layers == std::vector<int>{1, 1, 1, 0});
  CHECK(placement.output == 0);
}

TEST_CASE("Experts that stay on the host leave their layer where it is") {
  Request request;
  request.n_cpu_moe = 3;
  const Placement placement = place_layers(model(), request, false);
  CHECK(placement.layer_place(2) == 0);
  CHECK(placement.experts_place(2) == placement.host());
  CHECK(placement.experts_place(3) == 0);
}

TEST_CASE("Without a GPU the host is where everything lies, and nothing lies beside it") {
  Request request;
  request.cpu_moe = true;
  const Placement placement = place_layers(model(), request, true);
  CHECK(placement.output == placement.host());
  CHECK_FALSE(placement.is_beside_gpus(placement.host()));
}

}  // namespace lfmfit
