#include "catch.hpp"
#include "core/llamacpp/graph/builder.hpp"
#include "core/llamacpp/graph/repeats.hpp"
#include "core/llamacpp/graph/schedule.hpp"
#include "lfmfit/catalog.hpp"

namespace lfmfit::graph {

namespace {

using Layers = std::vector<int>;

/// `kinds` again and again, `count` layers in all.
Layers repeated(const Layers& kinds, std::size_t count) {
  Layers result;
  while (result.size() < count) result.push_back(kinds[result.size() % kinds.size()]);
  return result;
}

TEST_CASE("Of alike layers the first four, the last, and one or two before it are built") {
  // 31 repeats before the last layer: four are compared, 26 left out, one stays
  CHECK(without_repeats(Layers(32, 7)).layers == Layers{0, 1, 2, 3, 30, 31});
  // 30 repeats: 24 may be left out, since their number is even
  CHECK(without_repeats(Layers(31, 7)).layers == Layers{0, 1, 2, 3, 28, 29, 30});
}

TEST_CASE("What is left out is an even number of repeats, at least two") {
  CHECK(without_repeats(Layers(7, 0)).layers.size() == 7);
  CHECK(without_repeats(Layers(8, 0)).layers.size() == 6);
  for (std::size_t count = 1; count < 100; ++count) {
    const Selection selection = without_repeats(Layers(count, 0));
    CHECK((count - selection.layers.size()) % 2 == 0);
    CHECK(selection.layers.back() == static_cast<int>(count) - 1);
  }
}

TEST_CASE("A pattern of several kinds repeats as a whole") {
  // ten repeats of three and the last layer: four are compared, four left out, two stay
  const Selection selection = without_repeats(repeated({1, 1, 2}, 31));
  CHECK(selection.layers == Layers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 24, 25, 26, 27, 28, 29, 30});
  REQUIRE(selection.patterns.size() == 1);
  CHECK(selection.patterns[0].begin == 0);
  CHECK(selection.patterns[0].period == 3);
}

TEST_CASE("A pattern may begin behind layers of other kinds") {
  Layers kinds{5, 6};
  kinds.resize(34, 7);
  const Selection selection = without_repeats(kinds);
  CHECK(selection.layers == Layers{0, 1, 2, 3, 4, 5, 32, 33});
  REQUIRE(selection.patterns.size() == 1);
  CHECK(selection.patterns[0].begin == 2);
}

TEST_CASE("Two patterns are both shortened") {
  Layers kinds(12, 1);
  kinds.resize(24, 2);
  const Selection selection = without_repeats(kinds);
  REQUIRE(selection.patterns.size() == 2);
  CHECK(selection.patterns[1].begin == 6);  // where its layers begin among those that are built
  CHECK(selection.layers == Layers{0, 1, 2, 3, 10, 11, 12, 13, 14, 15, 22, 23});
}

TEST_CASE("Four layers more are built where nodes of several are moved") {
  CHECK(without_repeats(Layers(32, 7), 4).layers == Layers{0, 1, 2, 3, 4, 5, 6, 7, 30, 31});
  const Selection of_three = without_repeats(repeated({1, 1, 2}, 61), 4);
  REQUIRE(of_three.patterns.size() == 1);
  CHECK(of_three.patterns[0].built == 6);
  CHECK(without_repeats(Layers(11, 0), 4).layers.size() == 11);
}

TEST_CASE("Layers without a pattern are all built") {
  CHECK(without_repeats({}).layers.empty());
  CHECK(without_repeats({3}).layers == Layers{0});
  CHECK(without_repeats({1, 2, 3, 4, 5, 6, 7, 8, 9}).layers == every_layer(9).layers);
  CHECK(without_repeats({1, 2, 3, 4, 5, 6, 7, 8, 9}).patterns.empty());
  CHECK(every_layer(3).layers == Layers{0, 1, 2});
}

TEST_CASE("What stays of the inputs does not keep alike layers from settling") {
  const Catalog facts;
  const Model& model = facts.model("llama-3.2-1b");
  const std::vector<Tensor> tensors = quantize(model, facts.quantization("Q4_K_M"));
  const Request request;
  const Scene scene = resolve(request, model);
  const Placement placement = place_layers(model, request, false);
  const TensorType& f16 = facts.tensor_type("f16");
  Builder builder(
      {model, tensors, placement, scene, cache_sizes(request, model, scene), f16, f16, release_of(request), true});
  build_graph(builder);
  CHECK(builder.selection.layers.size() < model.blocks.size());
  CHECK(schedule(builder.graph, std::vector<SchedulerBackend>(2), {}, builder.repeats()).settled);
}

/// What the buffers need for `model` with `request`, with and without the layers that repeat.
struct Needs {
  bool settled = false;
  std::size_t layers = 0;  ///< that were built where repeats were left out
  std::vector<std::int64_t> without_repeats, with_all;
};

Needs needs_of(const Catalog& facts, const Model& model, const std::string& quantization, const Request& request,
               const SchedulerBackend& gpu) {
  const std::vector<Tensor> tensors = quantize(model, facts.quantization(quantization));
  const Scene scene = resolve(request, model);
  const Placement placement = place_layers(model, request, false);
  const TensorType& f16 = facts.tensor_type("f16");
  Needs needs;
  for (const bool leave_out : {true, false}) {
    Builder builder({model, tensors, placement, scene, cache_sizes(request, model, scene), f16, f16,
                     release_of(request), leave_out, gpu.moves_nodes()});
    build_graph(builder);
    std::vector<SchedulerBackend> backends(static_cast<std::size_t>(request.gpu_count), gpu);
    backends.emplace_back();
    Allocation allocation = schedule(builder.graph, backends, {}, builder.repeats());
    (leave_out ? needs.without_repeats : needs.with_all) = std::move(allocation.sizes);
    if (!leave_out) continue;
    needs.settled = allocation.settled;
    needs.layers = builder.selection.layers.size();
  }
  return needs;
}

TEST_CASE("Layers on the host beside others on GPUs repeat, and so do those of several GPUs, moved or not") {
  const Catalog facts;
  Request request;
  SchedulerBackend gpu;
  gpu.reorders_nodes = GENERATE(false, true);
  gpu.runs_nodes_ahead = GENERATE(false, true);
  if (gpu.reorders_nodes && gpu.runs_nodes_ahead) return;
  gpu.protects_fusions = GENERATE(false, true);
  std::string name = "llama-3.3-70b-instruct", quantization = "Q4_K_M";
  SECTION("all on one GPU") {}
  SECTION("of two kinds in turns") { name = "gemma-2-27b-it"; }
  SECTION("of two kinds, the others one in four") { name = "qwen3-next-80b-a3b-instruct"; }
  SECTION("the first half on the host") { request.gpu_layers = 40; }
  SECTION("all on two GPUs") { request.gpu_count = 2; }
  SECTION("some on two GPUs") {
    request.gpu_count = 2;
    request.gpu_layers = 50;
  }
  SECTION("caches on the host") { request.offload_kqv = false; }
  SECTION("experts of some layers on the host") {
    name = "qwen3-30b-a3b";
    request.n_cpu_moe = 20;
  }
  SECTION("windows that slide in most layers") {
    name = "gpt-oss-120b";
    quantization = "MXFP4_MOE";
    request.gpu_layers = 18;
  }
  SECTION("layers beyond those with the host's experts are on the host too") {
    name = "gpt-oss-120b";
    quantization = "MXFP4_MOE";
    request.gpu_layers = 25;
    request.cpu_moe = true;
  }
  const Model& model = facts.model(name);
  const Needs needs = needs_of(facts, model, quantization, request, gpu);
  CHECK(needs.layers < model.blocks.size());
  CHECK(needs.settled);
  CHECK(needs.without_repeats == needs.with_all);
}

}  // namespace

}  // namespace lfmfit::graph
