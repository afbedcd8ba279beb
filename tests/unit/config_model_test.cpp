#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/config.hpp"

using namespace lfmfit;
using namespace test::config;
using Catch::Matchers::Contains;

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

TEST_CASE("Python's Infinity and NaN are no obstacle") {
  std::string text = qwen3().dump();
  text.insert(1, R"("a\"Infinity": "NaN", "limits": [0.0, Infinity, -Infinity, NaN], )");
  check_same(read(text), "Qwen/Qwen3-8B");
}
