#include <nlohmann/json.hpp>
#include <random>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/model_file.hpp"
#include "support/reader_facts.hpp"
#include "support/scene.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;
using Json = nlohmann::json;

namespace {

Model read(const std::string& text) {
  return model_of_config(*bytes_in_memory("config.json", text), test::reader_facts());
}
Model read(const Json& fields) { return read(fields.dump()); }

/// As its publisher might write it, with the fields that matter.
Json lfm2() {
  return {{"model_type", "lfm2"},
          {"block_ff_dim", 12288},
          {"block_auto_adjust_ff_dim", true},
          {"block_ffn_dim_multiplier", 1.0},
          {"block_multiple_of", 256},
          {"conv_L_cache", 3},
          {"conv_bias", false},
          {"full_attn_idxs", {2, 5, 8, 10, 12, 14}},
          {"hidden_size", 2048},
          {"max_position_embeddings", 128000},
          {"num_attention_heads", 32},
          {"num_heads", 32},
          {"num_hidden_layers", 16},
          {"num_key_value_heads", 8},
          {"rope_theta", 1000000.0},
          {"tie_embedding", true},
          {"vocab_size", 65536}};
}

Json qwen3() {
  return {{"model_type", "qwen3"},
          {"hidden_size", 4096},
          {"intermediate_size", 12288},
          {"num_hidden_layers", 36},
          {"num_attention_heads", 32},
          {"num_key_value_heads", 8},
          {"head_dim", 128},
          {"vocab_size", 151936},
          {"max_position_embeddings", 40960},
          {"tie_word_embeddings", false},
          {"attention_bias", false},
          {"sliding_window", nullptr},
          {"use_sliding_window", false},
          {"max_window_layers", 36}};
}

Json deepseek_v3() {
  return {{"model_type", "deepseek_v3"},
          {"hidden_size", 7168},
          {"intermediate_size", 18432},
          {"moe_intermediate_size", 2048},
          {"num_hidden_layers", 61},
          {"num_attention_heads", 128},
          {"num_key_value_heads", 128},
          {"n_routed_experts", 256},
          {"n_shared_experts", 1},
          {"num_experts_per_tok", 8},
          {"first_k_dense_replace", 3},
          {"moe_layer_freq", 1},
          {"n_group", 8},
          {"topk_group", 4},
          {"topk_method", "noaux_tc"},
          {"scoring_func", "sigmoid"},
          {"norm_topk_prob", true},
          {"routed_scaling_factor", 2.5},
          {"q_lora_rank", 1536},
          {"kv_lora_rank", 512},
          {"qk_nope_head_dim", 128},
          {"qk_rope_head_dim", 64},
          {"v_head_dim", 128},
          {"vocab_size", 129280},
          {"max_position_embeddings", 163840},
          {"num_nextn_predict_layers", 1}};
}

void check_same(const Model& model, const std::string& id) {
  CAPTURE(id);
  const Model& expected = test::shipped().model(id);
  CHECK(model.blocks == expected.blocks);
  CHECK(model.n_vocab == expected.n_vocab);
  CHECK(model.tied_embeddings == expected.tied_embeddings);
  CHECK(parameter_count(model) == parameter_count(expected));
  CHECK(model.context_limit == expected.context_limit);
}

}  // namespace

TEST_CASE("A config.json is read as the model of the catalogue") {
  check_same(read(lfm2()), "LiquidAI/LFM2-1.2B");
  check_same(read(qwen3()), "Qwen/Qwen3-8B");
  check_same(read(deepseek_v3()), "deepseek-ai/DeepSeek-V3-0324");
}

TEST_CASE("LFM2's layers may be listed by type, by index, or not at all") {
  Json fields = lfm2();
  fields.erase("full_attn_idxs");
  CHECK(attention_layer_count(read(fields)) == 16);
  std::vector<std::string> types(16, "conv");
  for (const std::size_t i : {2U, 5U, 8U, 10U, 12U, 14U}) types[i] = "full_attention";
  fields["layer_types"] = types;
  check_same(read(fields), "LiquidAI/LFM2-1.2B");
}

TEST_CASE("LFM2's feed-forward length is adjusted only where the config says so") {
  Json fields = lfm2();
  fields["block_auto_adjust_ff_dim"] = false;
  CHECK(std::get<DenseFeedForward>(read(fields).blocks[0].feed_forward).n_ff == 12288);
  fields["block_auto_adjust_ff_dim"] = true;
  fields["block_ff_dim"] = 10240;
  CHECK(std::get<DenseFeedForward>(read(fields).blocks[0].feed_forward).n_ff == 6912);
}

TEST_CASE("The language part of a multimodal config is read") {
  Json fields{{"model_type", "lfm2_vl"}, {"vision_config", {{"hidden_size", 1152}}}, {"text_config", lfm2()}};
  check_same(read(fields), "LiquidAI/LFM2-1.2B");
}

TEST_CASE("A head's size follows from the embedding where it is not given") {
  Json fields = qwen3();
  fields["model_type"] = "qwen2";
  fields.erase("head_dim");
  fields.erase("attention_bias");
  CHECK(std::get<Attention>(read(fields).blocks[0].mixer).head_dim_k == 128);
}

TEST_CASE("Gemma 3 has the sizes of its class where the config omits them") {
  const Model model = read(Json{{"model_type", "gemma3"},
                                {"text_config",
                                 {{"model_type", "gemma3_text"},
                                  {"hidden_size", 2560},
                                  {"intermediate_size", 10240},
                                  {"num_hidden_layers", 34},
                                  {"sliding_window", 1024}}}});
  check_same(model, "google/gemma-3-4b-it");
}

TEST_CASE("What is not understood and may change memory is refused by name") {
  const auto with = [](Json fields, const char* name, const Json& value) {
    fields[name] = value;
    return fields;
  };
  CHECK_THROWS_WITH(read(with(qwen3(), "num_memory_heads", 4)), Contains("\"num_memory_heads\" (4) is not understood"));
  CHECK_THROWS_WITH(read(with(qwen3(), "attention_bias", true)), Contains("\"attention_bias\" is true"));
  CHECK_THROWS_WITH(read(with(qwen3(), "layer_types", std::vector<std::string>(36, "telepathy"))),
                    Contains("\"telepathy\""));
  CHECK_THROWS_WITH(read(with(qwen3(), "layer_types", std::vector<std::string>(35, "full_attention"))),
                    Contains("lists 35 layers of 36"));
  CHECK_THROWS_WITH(read(with(qwen3(), "layer_types", std::vector<std::string>(36, "mamba"))),
                    Contains("layer 0 is a state space with a dense feed-forward part"));
  CHECK_THROWS_WITH(read(with(qwen3(), "model_type", "wonder")),
                    Contains("\"wonder\", which is unknown; known are lfm2"));
  CHECK_THROWS_WITH(read(with(qwen3(), "num_hidden_layers", 100000)), Contains("is 100000"));
  CHECK_THROWS_WITH(read(with(qwen3(), "hidden_size", -4096)), Contains("n_embd"));
  CHECK_THROWS_WITH(read(with(qwen3(), "hidden_size", 1e300)), Contains("no whole number"));
  CHECK_THROWS_WITH(read(with(deepseek_v3(), "scoring_func", "dice")), Contains("\"dice\""));
  CHECK_THROWS_WITH(read(with(deepseek_v3(), "topk_method", "luck")), Contains("\"topk_method\" is luck"));
  CHECK_THROWS_WITH(read(Json{{"hidden_size", 1}}), Contains("no \"model_type\""));
  CHECK_THROWS_WITH(read(std::string("[1]")), Contains("no JSON object"));
  CHECK_NOTHROW(read(with(qwen3(), "num_memory_heads", 0)));
  CHECK_NOTHROW(read(with(qwen3(), "favourite_colour", "blue")));
}

TEST_CASE("Python's Infinity and NaN are no obstacle") {
  std::string text = qwen3().dump();
  text.insert(1, R"("a\"Infinity": "NaN", "limits": [0.0, Infinity, -Infinity, NaN], )");
  check_same(read(text), "Qwen/Qwen3-8B");
}

TEST_CASE("Random damage to a config.json never does harm") {
  const std::string valid[] = {lfm2().dump(), qwen3().dump(), deepseek_v3().dump()};
  std::mt19937_64 random(3);
  int refused = 0;
  for (int round = 0; round < 6000; ++round) {
    std::string damaged = valid[random() % 3];
    for (std::uint64_t i = 0; i <= random() % 3; ++i)
      damaged[random() % damaged.size()] = static_cast<char>(' ' + random() % 95);
    try {
      read(damaged);
    } catch (const Error& error) {
      ++refused;
      if (std::string(error.what()).find('\n') != std::string::npos) FAIL("round " << round);
    }
  }
  CHECK(refused > 3000);
}

TEST_CASE("A value of a wrong type is named, not taken as absent") {
  Json heads = qwen3();
  heads["num_key_value_heads"] = "8";
  CHECK_THROWS_WITH(read(heads), Contains("\"num_key_value_heads\" is no number"));
  Json layers = lfm2();
  layers["full_attn_idxs"] = "2, 5, 8";
  CHECK_THROWS_WITH(read(layers), Contains("\"full_attn_idxs\" is no list"));
  Json width = qwen3();
  width["hidden_size"] = Json::object();
  CHECK_THROWS_WITH(read(width), Contains("\"hidden_size\" is no number"));
}
