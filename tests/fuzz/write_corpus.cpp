// Writes seeds for the fuzz targets: write_corpus FOLDER makes FOLDER/gguf, FOLDER/config, FOLDER/safetensors,
// FOLDER/overlay, FOLDER/batch, FOLDER/contract, FOLDER/inventory, FOLDER/log and FOLDER/line;
// and FOLDER/files, whole GGUFs for tests with other parsers.

#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "lfmfit/catalog.hpp"
#include "support/model_gguf.hpp"
#include "support/safetensors_writer.hpp"
#include "support/scene.hpp"
#include "support/source_folder.hpp"

namespace {

void write(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

/// Headers of small models: the data would only slow the fuzzer down, and a header alone reaches every check but one.
void write_ggufs(const std::filesystem::path& folder) {
  for (const char* id : {"LiquidAI/LFM2-350M", "LiquidAI/LFM2-8B-A1B", "google/gemma-3-1b-it",
                         "deepseek-ai/DeepSeek-V2-Lite-Chat", "Qwen/Qwen3-0.6B"}) {
    std::string name = id;
    name.replace(name.find('/'), 1, "-");
    write(folder / (name + ".gguf"), test::gguf_of(test::shipped().model(id)).header());
  }
  test::GgufWriter every(2);
  every.u16("a", 1)
      .u64("b", 2)
      .f32("c", 3)
      .flag("d", true)
      .f32s("e", {1, 2})
      .flags("f", {true})
      .tokens(3)
      .texts("g", {"x"});
  write(folder / "types.gguf", every.tensor("t", {4}, 0, 16).file());
}

void write_configs(const std::filesystem::path& folder) {
  write(
      folder / "lfm2.json",
      R"({"model_type":"lfm2","block_ff_dim":12288,"block_auto_adjust_ff_dim":true,"full_attn_idxs":[2,5],"hidden_size":2048,"max_position_embeddings":128000,"num_attention_heads":32,"num_hidden_layers":16,"num_key_value_heads":8,"vocab_size":65536})");
  write(
      folder / "deepseek.json",
      R"({"model_type":"deepseek_v3","hidden_size":7168,"intermediate_size":18432,"moe_intermediate_size":2048,"num_hidden_layers":61,"num_attention_heads":128,"n_routed_experts":256,"n_shared_experts":1,"num_experts_per_tok":8,"first_k_dense_replace":3,"n_group":8,"topk_group":4,"q_lora_rank":1536,"kv_lora_rank":512,"qk_nope_head_dim":128,"qk_rope_head_dim":64,"v_head_dim":128,"vocab_size":129280,"max_position_embeddings":163840,"rope_scaling":{"type":"yarn"}})");
  write(
      folder / "nemotron.json",
      R"({"model_type":"nemotron_h","hybrid_override_pattern":"M-M*-E","hidden_size":1024,"mamba_num_heads":16,"mamba_head_dim":64,"ssm_state_size":128,"conv_kernel":4,"n_groups":8,"intermediate_size":4096,"num_attention_heads":8,"num_key_value_heads":2,"head_dim":128,"vocab_size":1000,"max_position_embeddings":4096})");
  write(
      folder / "gemma3.json",
      R"({"model_type":"gemma3","text_config":{"model_type":"gemma3_text","hidden_size":2560,"intermediate_size":10240,"num_hidden_layers":34,"sliding_window":1024},"vision_config":{}})");
}

/// Whole files, their data a hole, for other parsers to read.
void write_files(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const char* id : {"LiquidAI/LFM2-350M", "google/gemma-3-1b-it", "openai/gpt-oss-20b"}) {
    std::string name = id;
    name.replace(name.find('/'), 1, "-");
    test::GgufWriter writer = test::gguf_of(test::shipped().model(id), &test::shipped().quantization("Q4_K_M"));
    writer.tokens(5000)
        .f32s("tokenizer.ggml.scores", std::vector<float>(5000, 0.5F))
        .text("tokenizer.chat_template", std::string(9000, 't'));
    writer.write_sparse((folder / (name + ".gguf")).string());
  }
}

/// What tests read as well.
void copy_fixtures(const std::filesystem::path& fixtures, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const auto& entry : std::filesystem::directory_iterator(fixtures)) {
    std::filesystem::copy_file(entry.path(), folder / entry.path().filename(),
                               std::filesystem::copy_options::overwrite_existing);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: write_corpus FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  write_ggufs(folder / "gguf");
  write_files(folder / "files");
  write_configs(folder / "config");
  write(folder / "safetensors" / "small",
        test::SafetensorsWriter().tensor("a", "BF16", {2, 3}, 12).tensor("b", "F4", {4}, 2).file());
  write(folder / "safetensors" / "index", R"({"metadata":{},"weight_map":{"a":"model-00001-of-00002.safetensors"}})");
  write(folder / "overlay" / "device", R"({"devices":[{"id":"x","name":"X","vendor":"V"}]})");
  write(folder / "overlay" / "model",
        R"({"models":[{"id":"a/b","name":"B","architecture":"lfm2","layout":"(ca)x2","settings":{"n_vocab":10}}]})");
  write(folder / "overlay" / "architecture",
        R"({"architectures":[{"name":"x","blocks":{"a":{"mixer":"attention","feed_forward":"dense"}}}],)"
        R"("gguf_traits":[{"architecture":"x","sliding_period":2}],)"
        R"("model_types":[{"names":["x"],"architecture":"x","words":{"f":{"true":{"qk_norm":"per_head"}}}}]})");
  write(folder / "batch" / "plain",
        "{\"id\": 1, \"model\": \"LiquidAI/LFM2-1.2B\", \"context\": 4096, \"device\": \"rtx-4090\"}\n");
  write(folder / "batch" / "full",
        "{\"model\":\"lfm2-8b-a1b\",\"quantization\":\"Q8_0\",\"context\":\"max\",\"kv_type_k\":\"q8_0\",\"parallel\":"
        "4,\"cpu_moe\":true,\"outputs\":\"all\",\"available_bytes\":1000000000}\nnot json\n");
  const std::filesystem::path fixtures = std::filesystem::path(test::source_folder()) / "tests" / "fixtures";
  copy_fixtures(fixtures / "contracts", folder / "contract");
  copy_fixtures(fixtures / "fleet", folder / "inventory");
  copy_fixtures(fixtures / "logs", folder / "log");
  write(folder / "line" / "server",
        "LLAMA_ARG_N_PARALLEL=2 llama-server -m 'a b.gguf' -c 4096 --flag-attn=on \\\n -ot \"exps=CPU\" > log &\n");
  write(folder / "line" / "ollama", "FROM qwen3:8b\nPARAMETER num_ctx 4096\nOLLAMA_NUM_PARALLEL=2 ollama serve\n");
  write(folder / "line" / "vllm", "vllm serve Qwen/Qwen3-8B --max-model-len 16k -tp 2 --kv-cache-dtype fp8\n");
  return 0;
}
