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

/// Layers and output of `model` on GPUs with so many gigabytes each.
std::vector<int> spread(const std::vector<std::int64_t>& gigabytes, Request request = {}) {
  std::vector<Bytes> free;
  for (const std::int64_t size : gigabytes) free.push_back(Bytes(size * 1000000000));
  request.gpu_count = static_cast<std::int64_t>(gigabytes.size());
  const Placement placement = place_layers(model(), request, false, free);
  std::vector<int> places = placement.layers;
  places.push_back(placement.output);
  return places;
}

TEST_CASE("Layers and output are spread by the memory of each GPU") {
  CHECK(spread({10, 10}) == std::vector<int>{0, 0, 0, 1, 1});  // 0, 1/5, 2/5 lie below 1/2
  CHECK(spread({24, 12}) == std::vector<int>{0, 0, 0, 0, 1});
  CHECK(spread({12, 24}) == std::vector<int>{0, 0, 1, 1, 1});
  CHECK(spread({10, 20, 10}) == std::vector<int>{0, 0, 1, 1, 2});
}

TEST_CASE("A share that an item just reaches is left to the next GPU") {
  CHECK(spread({10, 40}) == std::vector<int>{0, 1, 1, 1, 1});
}

TEST_CASE("Layers that stay on the host are not shared out") {
  Request request;
  request.gpu_layers = 2;
  CHECK(spread({30, 10}, request) == std::vector<int>{2, 2, 2, 0, 0});
  CHECK(spread({10, 10}, request) == std::vector<int>{2, 2, 2, 0, 1});
}

TEST_CASE("A tensor split is followed whatever memory there is, and leaves out GPUs it does not name") {
  Request request;
  request.tensor_split = {1, 4};
  CHECK(spread({10, 10, 10}, request) == std::vector<int>{0, 1, 1, 1, 1});
  request.tensor_split = {0, 3, 1};
  CHECK(spread({10, 10, 10}, request) == std::vector<int>{1, 1, 1, 1, 2});
}

TEST_CASE("Without a split everything lies on the main GPU") {
  Request request;
  request.split_mode = SplitMode::kNone;
  request.main_gpu = 1;
  CHECK(spread({10, 10, 10}, request) == std::vector<int>{1, 1, 1, 1, 1});
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
