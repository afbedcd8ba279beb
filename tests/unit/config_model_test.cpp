#include <nlohmann/json.hpp>
#include <random>
#include <tuple>

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

/// Which letter stands for a kind of layer is free.
std::vector<Block> without_letters(std::vector<Block> blocks) {
  for (Block& block : blocks) block.letter = '?';
  return blocks;
}

void check_same(const Model& model, const std::string& id) {
  CAPTURE(id);
  const Model& expected = test::shipped().model(id);
  CHECK(without_letters(model.blocks) == without_letters(expected.blocks));
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

TEST_CASE("Layers that slide may have sizes of their own") {
  std::vector<std::string> types, wide;
  for (int i = 0; i < 60; ++i) types.emplace_back(i % 6 == 5 ? "full_attention" : "sliding_attention");
  const Json gemma{{"model_type", "gemma4_text"},
                   {"attention_k_eq_v", true},
                   {"global_head_dim", 512},
                   {"head_dim", 256},
                   {"hidden_size", 5376},
                   {"intermediate_size", 21504},
                   {"layer_types", types},
                   {"num_attention_heads", 32},
                   {"num_global_key_value_heads", 4},
                   {"num_hidden_layers", 60},
                   {"num_key_value_heads", 16},
                   {"num_kv_shared_layers", 0},
                   {"sliding_window", 1024},
                   {"vocab_size", 262144},
                   {"max_position_embeddings", 262144},
                   {"enable_moe_block", false},
                   {"use_double_wide_mlp", false},
                   {"hidden_size_per_layer_input", 0}};
  check_same(read(gemma), "google/gemma-4-31B-it");
  for (int i = 0; i < 35; ++i) wide.emplace_back(i % 5 == 4 ? "full_attention" : "sliding_attention");
  Json small = gemma;
  small.update({{"attention_k_eq_v", false},
                {"hidden_size", 1536},
                {"intermediate_size", 6144},
                {"layer_types", wide},
                {"num_attention_heads", 8},
                {"num_global_key_value_heads", nullptr},
                {"num_hidden_layers", 35},
                {"num_key_value_heads", 1},
                {"num_kv_shared_layers", 20},
                {"sliding_window", 512},
                {"max_position_embeddings", 131072},
                {"use_double_wide_mlp", true},
                {"hidden_size_per_layer_input", 256}});
  check_same(read(small), "google/gemma-4-E2B-it");
  std::vector<int> slides(48, 1), experts(48, 1);
  for (const std::size_t i : {0U, 5U, 11U, 17U, 23U, 29U, 35U, 41U, 47U}) slides[i] = 0;
  experts[0] = 0;
  check_same(read(Json{{"model_type", "mimo_v2_flash"},
                       {"hidden_size", 4096},
                       {"intermediate_size", 16384},
                       {"num_hidden_layers", 48},
                       {"num_attention_heads", 64},
                       {"num_key_value_heads", 4},
                       {"head_dim", 192},
                       {"v_head_dim", 128},
                       {"vocab_size", 152576},
                       {"max_position_embeddings", 262144},
                       {"partial_rotary_factor", 0.334},
                       {"sliding_window", 128},
                       {"swa_num_attention_heads", 64},
                       {"swa_num_key_value_heads", 8},
                       {"swa_head_dim", 192},
                       {"swa_v_head_dim", 128},
                       {"hybrid_layer_pattern", slides},
                       {"moe_layer_freq", experts},
                       {"moe_intermediate_size", 2048},
                       {"n_routed_experts", 256},
                       {"num_experts_per_tok", 8},
                       {"scoring_func", "sigmoid"},
                       {"add_swa_attention_sink_bias", true}}),
             "XiaomiMiMo/MiMo-V2-Flash");
}

TEST_CASE("The text parts of Qwen3-VL and Qwen3.5 are read") {
  Json fields = qwen3();
  fields["model_type"] = "qwen3_vl_text";
  fields["max_position_embeddings"] = 262144;
  check_same(read(Json{{"model_type", "qwen3_vl"}, {"text_config", fields}}), "Qwen/Qwen3-VL-8B-Instruct");
}

TEST_CASE("Layers may share the indexer of an earlier one") {
  Json fields = deepseek_v3();
  fields.update({{"model_type", "glm_moe_dsa"},
                 {"hidden_size", 6144},
                 {"intermediate_size", 12288},
                 {"num_hidden_layers", 78},
                 {"num_attention_heads", 64},
                 {"q_lora_rank", 2048},
                 {"qk_nope_head_dim", 192},
                 {"v_head_dim", 256},
                 {"n_group", 1},
                 {"topk_group", 1},
                 {"vocab_size", 154880},
                 {"max_position_embeddings", 1048576},
                 {"index_head_dim", 128},
                 {"index_n_heads", 32},
                 {"index_topk", 2048},
                 {"index_topk_freq", 4},
                 {"index_skip_topk_offset", 3}});
  fields.erase("rope_scaling");
  check_same(read(fields), "zai-org/GLM-5.2");
  std::vector<std::string> types;
  for (int i = 0; i < 78; ++i) types.emplace_back(i < 3 || i % 4 == 2 ? "full" : "shared");
  fields["indexer_types"] = types;
  check_same(read(fields), "zai-org/GLM-5.2");
  fields["indexer_types"] = std::vector<std::string>(78, "full");
  fields["max_position_embeddings"] = 202752;
  check_same(read(fields), "zai-org/GLM-5");
  fields["indexer_types"] = std::vector<std::string>(78, "shared");
  CHECK_THROWS_WITH(read(fields), Contains("must begin with"));
  fields["indexer_types"] = std::vector<std::string>(7, "full");
  CHECK_THROWS_WITH(read(fields), Contains("fewer layers"));
}

TEST_CASE("Layers that a search chose have each its own length, and some no attention") {
  const auto layer = [](bool attends, double factor) {
    return Json{
        {"attention",
         {{"no_op", !attends}, {"n_heads_in_group", attends ? Json(8) : Json()}, {"replace_with_linear", false}}},
        {"ffn", {{"no_op", false}, {"ffn_mult", factor}, {"replace_with_linear", false}}}};
  };
  Json fields{{"model_type", "nemotron-nas"},
              {"hidden_size", 8192},
              {"num_attention_heads", 64},
              {"num_key_value_heads", nullptr},
              {"intermediate_size", nullptr},
              {"num_hidden_layers", 3},
              {"vocab_size", 128256},
              {"max_position_embeddings", 131072},
              {"block_configs", {layer(true, 5.25), layer(false, 1.0), layer(true, 2.625)}}};
  const Model model = read(fields);
  REQUIRE(model.blocks.size() == 3);
  CHECK(std::get<Attention>(model.blocks[0].mixer).n_head_kv == 8);
  CHECK(std::holds_alternative<NoMixer>(model.blocks[1].mixer));
  CHECK(std::get<DenseFeedForward>(model.blocks[0].feed_forward).n_ff == 28672);
  CHECK(std::get<DenseFeedForward>(model.blocks[1].feed_forward).n_ff == 5632);
  CHECK(std::get<DenseFeedForward>(model.blocks[2].feed_forward).n_ff == 14336);
  fields["block_configs"][1]["ffn"]["no_op"] = true;
  CHECK_THROWS_WITH(read(fields), Contains("block_configs"));
  fields["block_configs"] = {7, "x"};
  CHECK_THROWS_AS(read(fields), Error);
}

TEST_CASE("Experts may work in a space of their own") {
  const std::string pattern =
      "MEMEMEM*EMEMEMEM*EMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEM*EMEMEMEME";
  check_same(read(Json{{"model_type", "nemotron_h"},
                       {"hybrid_override_pattern", pattern},
                       {"hidden_size", 4096},
                       {"intermediate_size", 2688},
                       {"moe_intermediate_size", 2688},
                       {"moe_latent_size", 1024},
                       {"moe_shared_expert_intermediate_size", 5376},
                       {"n_routed_experts", 512},
                       {"n_shared_experts", 1},
                       {"num_experts_per_tok", 22},
                       {"num_attention_heads", 32},
                       {"num_key_value_heads", 2},
                       {"head_dim", 128},
                       {"mamba_num_heads", 128},
                       {"mamba_head_dim", 64},
                       {"n_groups", 8},
                       {"ssm_state_size", 128},
                       {"conv_kernel", 4},
                       {"num_hidden_layers", 88},
                       {"vocab_size", 131072},
                       {"routed_scaling_factor", 5.0},
                       {"norm_topk_prob", true},
                       {"max_position_embeddings", 262144},
                       {"use_conv_bias", true}}),
             "nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16");
}

Json with(Json fields, const char* name, const Json& value) {
  fields[name] = value;
  return fields;
}

TEST_CASE("What is not understood and may change memory is refused by name") {
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
  CHECK_THROWS_WITH(read(with(qwen3(), "hidden_size", -4096)), Contains("\"hidden_size\" is -4096"));
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
  for (int round = 0; round < 2000; ++round) {
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
  CHECK(refused > 1000);
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

TEST_CASE("A size that no model has is named by its key") {
  for (const char* key : {"hidden_size", "vocab_size", "max_position_embeddings"}) {
    CHECK_THROWS_WITH(read(with(qwen3(), key, 0)), Contains(std::string("\"") + key + "\"") && Contains("at least 1"));
  }
  CHECK_THROWS_WITH(read(with(qwen3(), "intermediate_size", -5)), Contains("\"intermediate_size\" is -5"));
  CHECK_THROWS_WITH(read(with(qwen3(), "num_key_value_heads", 7)), Contains("no multiple of"));
}

TEST_CASE("No field of another type changes a model unnamed") {
  const auto figures = [](const Model& model) {
    return std::tuple(without_letters(model.blocks), model.n_vocab, model.tied_embeddings, model.context_limit);
  };
  for (const Json& good : {lfm2(), qwen3(), deepseek_v3()}) {
    const auto expected = figures(read(good));
    for (const auto& [name, value] : good.items()) {
      for (const Json& wrong : {Json(true), Json(7), Json("8"), Json({8}), Json({{"a", 1}})}) {
        if (wrong.type() == value.type() || (wrong.is_number() && (value.is_number() || value.is_boolean()))) continue;
        Json changed = good;
        changed[name] = wrong;
        INFO(name << ": " << wrong.dump());
        try {
          const auto found = figures(read(changed));
          CHECK(found == expected);
        } catch (const Error& error) {
          CHECK_THAT(error.what(), Contains(name));
        }
      }
    }
  }
}

TEST_CASE("A list for each layer is read where it says the same of all, and else refused by name") {
  Json config = qwen3();
  config["intermediate_size"] = std::vector<int>(36, 12288);
  check_same(read(config), "Qwen/Qwen3-8B");
  config["intermediate_size"] = std::vector<int>(35, 12288);
  CHECK_THROWS_WITH(read(config), Contains("\"intermediate_size\" lists fewer layers"));
  config["intermediate_size"] = std::vector<int>{12288, 6144};
  CHECK_THROWS_WITH(read(config), Contains("\"intermediate_size\" differs from layer to layer"));
}
