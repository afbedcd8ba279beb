#include "core/llamacpp/placed_tensor.hpp"

#include <utility>

#include "catch.hpp"
#include "support/scene.hpp"

namespace lfmfit {

namespace {

using Copies = std::vector<std::pair<TensorUse, int>>;

/// Uses and places of the tensors of layer `layer` called `name`.
Copies copies(const Model& model, const Placement& placement, const char* name, int layer = -1) {
  const std::vector<Tensor> all = tensors(model);
  Copies found;
  for (const PlacedTensor& placed : place_tensors(model, all, placement)) {
    if (placed.tensor->name == name && placed.tensor->layer == layer) found.push_back({placed.use, placed.place});
  }
  return found;
}

Placement placement_of(const Model& model, std::int64_t gpu_layers, int gpus = 1) {
  Request request;
  request.gpu_layers = gpu_layers;
  request.gpu_count = gpus;
  return place_layers(model, request, false);
}

/// Three layers; the last two and the output are on two GPUs.
Placement spread_tensors() {
  Placement placement;
  placement.gpu_count = 2;
  placement.layers = {2, 0, 1};
  placement.experts_on_host = {false, false, false};
  placement.output = 1;
  return placement;
}

/// With rotation factors, which the first layer holds if `factors`.
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
  Tensor rotation;
  rotation.name = "rope_freqs.weight";
  model.extra_tensors.push_back(rotation);
  return model;
}

constexpr auto kInput = TensorUse::kInput, kConstant = TensorUse::kConstant, kDense = TensorUse::kDense,
               kExperts = TensorUse::kExperts, kHead = TensorUse::kHead;

}  // namespace

TEST_CASE("Embeddings lie on the host, and the head and the last norm with the output") {
  const Model& model = test::shipped().model("meta-llama/Llama-3.1-8B-Instruct");
  const Placement placement = placement_of(model, -1, 2);
  CHECK(copies(model, placement, "token_embd.weight") == Copies{{kInput, placement.host()}});
  CHECK(copies(model, placement, "output.weight") == Copies{{kHead, 1}});
  CHECK(copies(model, placement, "output_norm.weight") == Copies{{kDense, 1}});
}

TEST_CASE("A tied embedding is the head, with a copy of its own where the output is on a GPU") {
  const Model& model = test::shipped().model("LiquidAI/LFM2-1.2B");
  CHECK(copies(model, placement_of(model, -1), "token_embd.weight") == Copies{{kInput, 1}, {kHead, 0}});
  CHECK(copies(model, placement_of(model, 0), "token_embd.weight") == Copies{{kHead, 1}});
}

TEST_CASE("Some architectures copy a tied embedding even where it is beside its copy") {
  const Model& model = test::shipped().model("google/gemma-3n-E4B-it");
  CHECK(copies(model, placement_of(model, 0), "token_embd.weight") == Copies{{kInput, 1}, {kHead, 1}});
}

TEST_CASE("An encoder has no head") {
  Model model = test::shipped().model("LiquidAI/LFM2-1.2B");
  model.has_output = false;
  CHECK(copies(model, placement_of(model, -1), "token_embd.weight") == Copies{{kInput, 1}});
}

TEST_CASE("Experts lie where their layer does unless they stay on the host") {
  const Model& model = test::shipped().model("LiquidAI/LFM2-8B-A1B");
  Placement placement = placement_of(model, -1);
  CHECK(copies(model, placement, "ffn_up_exps.weight", 5) == Copies{{kExperts, 0}});
  placement.experts_on_host[5] = true;
  CHECK(copies(model, placement, "ffn_up_exps.weight", 5) == Copies{{kExperts, 1}});
  CHECK(copies(model, placement, "ffn_gate_inp.weight", 5) == Copies{{kDense, 0}});
  CHECK(copies(model, placement, "ffn_up_exps.weight", 6) == Copies{{kExperts, 0}});
}

TEST_CASE("Projections of per-layer embeddings lie with the first layer, their tables on the host") {
  const Model& model = test::shipped().model("google/gemma-3n-E4B-it");
  const Placement placement = placement_of(model, 20);
  CHECK(placement.layers.front() == placement.host());
  CHECK(copies(model, placement, "per_layer_model_proj.weight") == Copies{{kDense, placement.host()}});
  CHECK(copies(model, placement_of(model, -1), "per_layer_model_proj.weight") == Copies{{kDense, 0}});
  CHECK(copies(model, placement_of(model, -1), "per_layer_token_embd.weight") == Copies{{kInput, 1}});
}

TEST_CASE("A norm of embeddings lies with the first layer, one of the same name behind the last layer does not") {
  Model model = test::shipped().model("LiquidAI/LFM2-1.2B");
  const Placement placement = placement_of(model, 3);
  CHECK(copies(model, placement, "token_embd_norm.weight") == Copies{{kDense, 0}});
  model.embedding_norm = true;
  CHECK(copies(model, placement, "token_embd_norm.weight") == Copies{{kDense, placement.host()}});
}

TEST_CASE("Rotation factors are copied to every layer but sliding ones that turn without them") {
  const Model all = with_sliding_first_layer(true), full = with_sliding_first_layer(false);
  CHECK(copies(all, spread_tensors(), "rope_freqs.weight") == Copies{{kConstant, 0}, {kConstant, 1}, {kConstant, 2}});
  CHECK(copies(full, spread_tensors(), "rope_freqs.weight") == Copies{{kConstant, 0}, {kConstant, 1}});
}

TEST_CASE("Layers behind the last one are not loaded") {
  Model model = with_sliding_first_layer(true);
  Tensor draft;
  draft.name = "eh_proj.weight";
  draft.layer = 3;
  model.extra_tensors.push_back(draft);
  CHECK(copies(model, spread_tensors(), "eh_proj.weight", 3).empty());
}

}  // namespace lfmfit
