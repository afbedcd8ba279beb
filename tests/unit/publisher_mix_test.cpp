#include "lfmfit/publisher_mix.hpp"

#include "catch.hpp"
#include "support/quantization_data.hpp"
#include "support/scene.hpp"

namespace {

using namespace lfmfit;
using test::shipped;

std::string kind_of(const std::string& model) {
  for (const ModelKind& kind : shipped().publisher_mixes().kinds) {
    if (is_of(kind, shipped().model(model))) return kind.name;
  }
  return "";
}

/// Mixes of two publishers for a kind of its own and the kind that counts instead.
PublisherMixes two_mixes() {
  PublisherMixes mixes;
  mixes.publishers = {{"one", "", true}, {"two", "", false}};
  ModelKind old, recent;
  old.name = "old";
  recent.name = "recent";
  recent.otherwise = "old";
  recent.released_from = "2026-02";
  mixes.kinds = {recent, old};
  for (const auto& [publisher, name, kind] :
       {std::tuple("one", "A", "old"), std::tuple("one", "B", "old"), std::tuple("one", "B", "recent"),
        std::tuple("two", "B", "old"), std::tuple(kAnyPublisher, "C", "old")}) {
    PublisherMix mix;
    mix.publisher = publisher;
    mix.name = name;
    mix.kind = kind;
    mixes.mixes.push_back(mix);
  }
  return mixes;
}

TEST_CASE("Models are of the kind that publishers mix alike, by shape and date, never by name") {
  CHECK(kind_of("openai/gpt-oss-20b") == "native_experts");
  CHECK(kind_of("google/gemma-3n-E2B-it") == "per_layer_embeddings");
  CHECK(kind_of("Qwen/Qwen3.5-27B") == "delta");
  CHECK(kind_of("Qwen/Qwen3.5-35B-A3B") == "experts_2026");
  CHECK(kind_of("Qwen/Qwen3-30B-A3B") == "experts");
  CHECK(kind_of("LiquidAI/LFM2-350M") == "small");
  CHECK(kind_of("meta-llama/Llama-3.1-8B-Instruct") == "dense");
  CHECK(kind_of("nvidia/NVIDIA-Nemotron-Nano-9B-v2") == "no_gates");
}

TEST_CASE("A model without a date counts as a new one") {
  Model model = shipped().model("meta-llama/Llama-3.1-8B-Instruct");
  model.card.release_date.clear();
  CHECK(is_of(two_mixes().kinds.front(), model));
}

TEST_CASE("A mix is found for the model's own kind, else for the kind that counts instead") {
  const PublisherMixes mixes = two_mixes();
  Model model = shipped().model("LiquidAI/LFM2-1.2B");
  model.card.release_date = "2026-05-01";
  CHECK(find_mix(mixes, "one", "b", model)->kind == "recent");
  CHECK(find_mix(mixes, "one", "A", model)->kind == "old");
  CHECK(find_mix(mixes, "two", "B", model)->publisher == "two");
  CHECK(find_mix(mixes, "two", "C", model)->publisher == kAnyPublisher);
  CHECK(find_mix(mixes, "two", "A", model) == nullptr);
  model.card.release_date = "2025-05-01";
  CHECK(find_mix(mixes, "one", "B", model)->kind == "old");
}

TEST_CASE("The publishers of a name are told once each") {
  CHECK(publishers_of(two_mixes(), "b") == std::vector<std::string>{"one", "two"});
  CHECK(publishers_of(two_mixes(), "D").empty());
}

/// The bytes of everything but the token table.
double rest_of(const std::vector<Tensor>& tensors) {
  double bytes = 0;
  for (const Tensor& tensor : tensors) {
    if (tensor.name != "token_embd.weight")
      bytes += static_cast<double>(tensor_bytes(tensor.shape, *tensor.stored).count());
  }
  return bytes;
}

TEST_CASE("A scale changes all but the token table, by tensors of other types, to a thousandth") {
  const Model& model = shipped().model("Qwen/Qwen3-8B");
  Quantization recipe = test::quantization("Q4_K_M");
  const std::vector<Tensor> plain = quantize(model, recipe);
  recipe.ladder = shipped().publisher_mixes().mixes.front().recipe.ladder;
  for (const double scale : {0.9, 0.98, 1.013, 1.07, 1.25}) {
    recipe.scale = scale;
    const std::vector<Tensor> mixed = quantize(model, recipe);
    INFO(scale);
    CHECK(rest_of(mixed) / rest_of(plain) == Approx(scale).epsilon(0.002));
    REQUIRE(mixed.size() == plain.size());
    for (std::size_t i = 0; i < mixed.size(); ++i) {
      if (mixed[i].name == "token_embd.weight" || mixed[i].shape[1] == 1)
        CHECK(mixed[i].stored->name == plain[i].stored->name);
    }
  }
}

}  // namespace
