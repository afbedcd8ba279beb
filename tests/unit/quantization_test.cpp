#include "lfmfit/quantization.hpp"

#include <limits>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/quantization_data.hpp"

namespace {

using namespace lfmfit;
using test::quantization;
using test::tensor_type;

/// A model of `n` attention layers with `experts` experts (0: dense) that holds just `tensors`.
Model model_with(std::vector<Tensor> tensors, int n = 1, std::int64_t experts = 0, std::int64_t kv_heads = 8) {
  Model model;
  Attention attention;
  attention.n_head = 32;
  attention.n_head_kv = kv_heads;
  Block block;
  block.mixer = attention;
  if (experts > 0) {
    MixtureOfExperts mixture;
    mixture.n_expert = experts;
    block.feed_forward = mixture;
  }
  model.blocks.assign(static_cast<std::size_t>(n), block);
  model.file_tensors = std::move(tensors);
  return model;
}

std::vector<Tensor> in_every_layer(const std::string& name, int n, Shape shape = {256, 256, 1, 1}) {
  std::vector<Tensor> tensors;
  for (int layer = 0; layer < n; ++layer) tensors.push_back({name, layer, shape});
  return tensors;
}

void append(std::vector<Tensor>& tensors, const std::vector<Tensor>& more) {
  tensors.insert(tensors.end(), more.begin(), more.end());
}

/// The names of the types that `tensors` are stored as, in order.
std::vector<std::string> types_of(const std::vector<Tensor>& tensors) {
  std::vector<std::string> types;
  for (const Tensor& tensor : tensors) types.push_back(tensor.stored->name);
  return types;
}

/// The type of a single tensor under a file type.
std::string type_of(const std::string& name, Shape shape, const std::string& file_type) {
  return types_of(quantize(model_with({{name, 0, shape}}), quantization(file_type))).front();
}

/// A recipe with one rule: tensors of `role` in `layers` become q8_0, all others q4_k.
Quantization recipe_of(TensorRole role, LayerRange layers) {
  Quantization recipe = quantization("Q4_K_M");
  QuantizationRule rule;
  rule.role = role;
  rule.layers = layers;
  rule.type = &tensor_type("q8_0");
  recipe.rules = {rule};
  return recipe;
}

/// The layers whose tensors `recipe_of` changes.
std::vector<int> chosen_layers(const Model& model, const Quantization& recipe) {
  std::vector<int> layers;
  for (const Tensor& tensor : quantize(model, recipe)) {
    if (tensor.stored->name == "q8_0") layers.push_back(tensor.layer);
  }
  return layers;
}

TEST_CASE("A tensor's role is read from its name") {
  CHECK(role_of("token_embd.weight") == TensorRole::kTokenEmbedding);
  CHECK(role_of("output.weight") == TensorRole::kOutput);
  CHECK(role_of("output_norm.weight") == TensorRole::kOther);
  CHECK(role_of("attn_q.weight") == TensorRole::kAttentionQ);
  CHECK(role_of("attn_k.weight") == TensorRole::kAttentionK);
  CHECK(role_of("attn_v.weight") == TensorRole::kAttentionV);
  CHECK(role_of("attn_qkv.weight") == TensorRole::kAttentionV);
  CHECK(role_of("attn_kv_b.weight") == TensorRole::kAttentionV);
  CHECK(role_of("attn_v_b.weight") == TensorRole::kOther);
  CHECK(role_of("attn_v.bias") == TensorRole::kOther);
  CHECK(role_of("attn_output.weight") == TensorRole::kAttentionOutput);
  CHECK(role_of("ffn_gate_exps.weight") == TensorRole::kFfnGate);
  CHECK(role_of("ffn_up.weight") == TensorRole::kFfnUp);
  CHECK(role_of("ffn_down_shexp.weight") == TensorRole::kFfnDown);
  CHECK(role_of("shortconv.in_proj.weight") == TensorRole::kOther);
}

TEST_CASE("Query heads per KV head are those of the first layer") {
  Model model = model_with({}, 3);
  CHECK(query_heads_per_kv_head(model) == 4);
  model.blocks[0].mixer = ParallelMixer{std::get<Attention>(model.blocks[0].mixer), {}};
  CHECK(query_heads_per_kv_head(model) == 4);
  model.blocks[0].mixer = ShortConvolution{};
  CHECK(query_heads_per_kv_head(model) == 0);
  model.blocks[0].mixer = GatedDeltaNet{};
  CHECK(query_heads_per_kv_head(model) == 4);
  model.blocks[0].mixer = LatentAttention{16};
  CHECK(query_heads_per_kv_head(model) == 16);
  CHECK(query_heads_per_kv_head(model_with({}, 1, 0, 0)) == 0);
  CHECK(query_heads_per_kv_head(Model{}) == 0);
}

TEST_CASE("The expert count is the greatest of any layer") {
  Model model = model_with({}, 2, 16);
  model.blocks[0].feed_forward = DenseFeedForward{};
  CHECK(expert_count(model) == 16);
  CHECK(expert_count(model_with({})) == 0);
}

TEST_CASE("More bits go to the first and last eighth and to every third layer between") {
  const std::vector<int> expected{0, 1, 4, 7, 10, 13, 14, 15};
  const Model model = model_with(in_every_layer("ffn_down.weight", 16), 16);
  CHECK(chosen_layers(model, recipe_of(TensorRole::kFfnDown, LayerRange::kMoreBits)) == expected);
}

TEST_CASE("Layer ranges divide as whole numbers") {
  const Model model = model_with(in_every_layer("ffn_down.weight", 18), 18);
  const auto layers = [&model](LayerRange range) {
    return chosen_layers(model, recipe_of(TensorRole::kFfnDown, range));
  };
  CHECK(layers(LayerRange::kFirstEighth) == std::vector<int>{0, 1});
  CHECK(layers(LayerRange::kFirstSixteenth) == std::vector<int>{0});
  CHECK(layers(LayerRange::kFirstTwo) == std::vector<int>{0, 1});
  CHECK(layers(LayerRange::kFirstFour) == std::vector<int>{0, 1, 2, 3});
  CHECK(layers(LayerRange::kMiddle) == std::vector<int>{2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14});
  CHECK(layers(LayerRange::kAll).size() == 18);
}

TEST_CASE("Attention values are counted among themselves, not by layer") {
  // Four attention layers among sixteen: n is 4, so that an eighth is none and the last seven eighths begin at the
  // last.
  std::vector<Tensor> tensors;
  for (const int layer : {3, 7, 11, 15}) tensors.push_back({"attn_v.weight", layer, {256, 256, 1, 1}});
  const Quantization recipe = recipe_of(TensorRole::kAttentionV, LayerRange::kMoreBits);
  CHECK(chosen_layers(model_with(tensors, 16), recipe) == std::vector<int>{11, 15});
}

TEST_CASE("The order of the tensors in a file does not matter") {
  std::vector<Tensor> tensors = in_every_layer("ffn_down.weight", 16);
  std::swap(tensors.front(), tensors.back());
  const Quantization recipe = recipe_of(TensorRole::kFfnDown, LayerRange::kFirstEighth);
  CHECK(chosen_layers(model_with(tensors, 16), recipe) == std::vector<int>{1, 0});
}

TEST_CASE("With experts the layer's number counts, without the tensor's place") {
  // Layer 0 has no such tensor, so that places lag layers by one.
  std::vector<Tensor> tensors = in_every_layer("ffn_down_exps.weight", 16, {256, 256, 4, 1});
  tensors.erase(tensors.begin());
  const Quantization by_layer = recipe_of(TensorRole::kFfnDown, LayerRange::kFirstEighth);
  CHECK(chosen_layers(model_with(tensors, 16, 4), by_layer) == std::vector<int>{1});
  CHECK(chosen_layers(model_with(tensors, 16, 0), by_layer) == std::vector<int>{1, 2});
  const Quantization by_place = recipe_of(TensorRole::kFfnDown, LayerRange::kFirstEighthOfTensors);
  CHECK(chosen_layers(model_with(tensors, 16, 4), by_place) == std::vector<int>{1, 2});
}

TEST_CASE("Layers beyond the blocks count as layers") {
  // Multi-token prediction adds layers to the file that are none of the stack's.
  const Model model = model_with(in_every_layer("ffn_down.weight", 16), 15);
  CHECK(chosen_layers(model, recipe_of(TensorRole::kFfnDown, LayerRange::kFirstEighth)) == std::vector<int>{0, 1});
}

TEST_CASE("An embedding without an output layer beside it is stored as the output layer") {
  const Tensor embedding{"token_embd.weight", -1, {256, 1000, 1, 1}};
  const Tensor output{"output.weight", -1, {256, 1000, 1, 1}};
  CHECK(types_of(quantize(model_with({embedding}), quantization("Q4_0"))) == std::vector<std::string>{"q6_k"});
  CHECK(types_of(quantize(model_with({embedding, output}), quantization("Q4_0"))) ==
        std::vector<std::string>{"q4_0", "q6_k"});
}

TEST_CASE("Rows that do not fit fall back, and to F16 when nothing fits") {
  CHECK(type_of("attn_q.weight", {256, 8, 1, 1}, "Q4_K_S") == "q4_k");
  CHECK(type_of("attn_q.weight", {288, 8, 1, 1}, "Q4_K_S") == "q5_0");
  CHECK(type_of("attn_q.weight", {300, 8, 1, 1}, "Q4_K_S") == "f16");
  CHECK(type_of("attn_q.weight", {300, 8, 1, 1}, "Q4_0") == "f16");
  CHECK(type_of("output.weight", {288, 8, 1, 1}, "IQ2_XS") == "q8_0");
}

TEST_CASE("Vectors, biases, norms and routers are never quantized") {
  for (const char* file_type : {"Q4_K_M", "F16", "MXFP4_MOE"}) {
    INFO(file_type);
    CHECK(type_of("attn_norm.weight", {256, 1, 1, 1}, file_type) == "f32");
    CHECK(type_of("attn_q_norm.weight", {256, 32, 1, 1}, file_type) == "f32");
    CHECK(type_of("ffn_gate_exps.bias", {256, 32, 1, 1}, file_type) == "f32");
    CHECK(type_of("ffn_gate_inp.weight", {256, 32, 1, 1}, file_type) == "f32");
    CHECK(type_of("shortconv.conv.weight", {3, 256, 1, 1}, file_type) == "f32");
  }
}

TEST_CASE("Matrices that are kept have the type of the file that was quantized") {
  CHECK(type_of("per_layer_model_proj.weight", {256, 256, 1, 1}, "Q4_K_M") == "f16");
  CHECK(type_of("per_layer_model_proj.weight", {256, 256, 1, 1}, "BF16") == "bf16");
  CHECK(type_of("per_layer_model_proj.weight", {256, 256, 1, 1}, "F32") == "f32");
  CHECK(type_of("laurel_l.weight", {256, 1, 1, 1}, "Q4_K_M") == "f32");
}

TEST_CASE("A model that counts as 70B keeps better values, one of another form with as many layers does not") {
  std::vector<Tensor> tensors = in_every_layer("attn_v.weight", 80);
  append(tensors, in_every_layer("ffn_gate.weight", 80));
  const auto middle = [](const Model& model) { return types_of(quantize(model, quantization("Q4_K_M")))[20]; };
  CHECK(middle(model_with(tensors, 80)) == "q5_k");
  CHECK(middle(model_with(tensors, 81)) == "q4_k");
  CHECK(middle(model_with(tensors, 80, 0, 32)) == "q4_k");
  std::vector<Tensor> with_norm = tensors;
  append(with_norm, in_every_layer("attn_q_norm.weight", 80));
  CHECK(middle(model_with(with_norm, 80)) == "q4_k");
  std::vector<Tensor> with_bias = tensors;
  append(with_bias, in_every_layer("attn_v.bias", 80));
  CHECK(middle(model_with(with_bias, 80, 0, 32)) == "q5_k");
  append(with_bias, in_every_layer("attn_q_norm.weight", 80));
  CHECK(middle(model_with(with_bias, 80, 0, 32)) == "q4_k");
  CHECK(middle(model_with(in_every_layer("attn_v.weight", 68), 68)) == "q5_k");
  CHECK(middle(model_with(in_every_layer("attn_v.weight", 68), 68, 0, 32)) == "q4_k");
  CHECK(middle(model_with(in_every_layer("attn_v.weight", 80), 80)) == "q4_k");
}

TEST_CASE("Tensors that are stored already keep their type") {
  Tensor read{"attn_q.weight", 0, {256, 256, 1, 1}};
  read.stored = &tensor_type("iq4_xs");
  const Tensor open{"attn_k.weight", 0, {256, 256, 1, 1}};
  CHECK(types_of(quantize(model_with({read, open}), quantization("Q8_0"))) ==
        std::vector<std::string>{"iq4_xs", "q8_0"});
}

TEST_CASE("A layer number at the limit of its type does no harm") {
  const Tensor far{"ffn_down.weight", std::numeric_limits<int>::max(), {256, 256, 1, 1}};
  CHECK(types_of(quantize(model_with({far}, 1, 4), quantization("Q4_K_M"))) == std::vector<std::string>{"q6_k"});
}

TEST_CASE("The total is the sum of the tensors, and needs their types") {
  const auto tensors = quantize(model_with(in_every_layer("attn_q.weight", 2)), quantization("Q8_0"));
  CHECK(total_bytes(tensors).count() == 2 * 256 * 256 / 32 * 34);
  CHECK_THROWS_WITH(total_bytes(in_every_layer("attn_q.weight", 1)), Catch::Matchers::Contains("attn_q.weight"));
}

}  // namespace
