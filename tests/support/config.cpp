#include "support/config.hpp"

#include "catch.hpp"
#include "lfmfit/model_file.hpp"
#include "support/reader_facts.hpp"
#include "support/scene.hpp"

namespace test::config {

using namespace lfmfit;

Model read(const std::string& text) {
  return model_of_config(*bytes_in_memory("config.json", text), test::reader_facts());
}
Model read(const Json& fields) { return read(fields.dump()); }

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

Json with(Json fields, const char* name, const Json& value) {
  fields[name] = value;
  return fields;
}

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

}  // namespace test::config
