#include "ask/asked_json.hpp"
#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/vllm.hpp"
#include "support/reader_facts.hpp"
#include "support/safetensors_writer.hpp"
#include "support/temporary_folder.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;
using test::TemporaryFolder;

namespace {

using Json = nlohmann::ordered_json;

/// A small mixture of experts whose parts are whole blocks of 128 up to four GPUs.
Json config() {
  return {{"model_type", "qwen3_moe"},
          {"hidden_size", 1024},
          {"intermediate_size", 2048},
          {"moe_intermediate_size", 512},
          {"num_experts", 8},
          {"num_experts_per_tok", 2},
          {"num_hidden_layers", 2},
          {"num_attention_heads", 16},
          {"num_key_value_heads", 4},
          {"head_dim", 128},
          {"vocab_size", 32000},
          {"max_position_embeddings", 4096},
          {"tie_word_embeddings", false},
          {"torch_dtype", "bfloat16"}};
}

Json with(Json quantization) {
  Json made = config();
  made["quantization_config"] = std::move(quantization);
  return made;
}

Question checkpoint_question(const std::string& path, std::int64_t gpus = 1) {
  return ask::question_of(
      ask::read_asked({{"model", path}, {"runtime", "vllm"}, {"device", "h100-sxm"}, {"tensor_parallel_size", gpus}}),
      test::finder());
}

std::string form_of(const Json& config) {
  const TemporaryFolder folder;
  return checkpoint_question(folder.write("config.json", config.dump())).quantization->name;
}

VllmAnswer shared(const Json& config, std::int64_t gpus) {
  const TemporaryFolder folder;
  return *estimate(checkpoint_question(folder.write("config.json", config.dump()), gpus)).vllm;
}

const Json kBlocks = {{"quant_method", "fp8"}, {"weight_block_size", {128, 128}}};

}  // namespace

TEST_CASE("the form of a checkpoint is what its config.json says") {
  CHECK(form_of(config()) == "BF16");
  CHECK(form_of(with(kBlocks)) == "FP8-BLOCK");
  CHECK(form_of(with({{"quant_method", "fp8"}})) == "FP8");
  CHECK(form_of(with({{"quant_method", "awq"}, {"bits", 4}, {"group_size", 128}})) == "AWQ");
  CHECK(form_of(with({{"quant_method", "awq"}, {"bits", 4}, {"group_size", 64}})) == "AWQ-G64");
  CHECK(form_of(with({{"quant_method", "gptq"}, {"bits", 4}, {"group_size", 32}})) == "GPTQ-G32");
  CHECK(form_of(with({{"quant_method", "bitsandbytes"}, {"load_in_4bit", true}})) == "NF4");
  CHECK(form_of(with({{"quant_method", "mxfp4"}})) == "MXFP4");
  const Json group = {{"group_0", {{"weights", {{"num_bits", 4}, {"group_size", 32}}}}}};
  CHECK(form_of(with({{"quant_method", "compressed-tensors"}, {"config_groups", group}})) == "GPTQ-G32");
  CHECK_THROWS_WITH(form_of(with({{"quant_method", "gptq"}, {"bits", 3}})), Contains("3 bits"));
}

TEST_CASE("what modelopt writes beside a config.json is read too") {
  const TemporaryFolder folder;
  folder.write("hf_quant_config.json", R"({"quantization": {"quant_algo": "NVFP4", "group_size": 16}})");
  CHECK(checkpoint_question(folder.write("config.json", config().dump())).quantization->name == "NVFP4");
}

TEST_CASE("weights in a folder are those that the headers of its safetensors say") {
  const TemporaryFolder folder;
  folder.write("config.json", with(kBlocks).dump());
  folder.write("model.safetensors", test::SafetensorsWriter().tensor("a", "F8_E4M3", {60'000}, 60'000).file());
  const Question question = checkpoint_question(folder.path());
  CHECK(question.vllm->checkpoint == Bytes(60'000));
  const Estimate answer = estimate(question);
  CHECK(answer.tensor_bytes == Bytes(60'000));
  const MemoryTerm& weights = answer.memory.terms.front();
  REQUIRE(weights.use == MemoryUse::kWeights);
  CHECK(weights.low == weights.high);  // counted, not estimated
  const std::int64_t ropes = 4096 * 128 * 2;
  CHECK(weights.value == Bytes(60'000 + ropes));
  const Estimate halves = estimate(checkpoint_question(folder.path(), 2));
  CHECK(halves.memory.terms.front().value.count() - ropes == Approx(30'000).epsilon(0.05));
}

TEST_CASE("tensor parallel is refused where parts of a checkpoint are no whole blocks") {
  CHECK(shared(with(kBlocks), 4).verdict == VllmVerdict::kStarts);
  const VllmAnswer parts = shared(with(kBlocks), 8);  // 64 of the 512 of an expert
  CHECK(parts.verdict == VllmVerdict::kRefuses);
  CHECK_THAT(parts.reason, Contains("64") && Contains("128"));
  CHECK(shared(config(), 8).verdict == VllmVerdict::kStarts);
  const VllmAnswer heads = shared(config(), 3);
  CHECK(heads.verdict == VllmVerdict::kRefuses);
  CHECK_THAT(heads.reason, Contains("16 attention heads"));
  Json six = config();
  six["num_attention_heads"] = 24;
  six["num_key_value_heads"] = 4;
  CHECK_THAT(shared(six, 6).reason, Contains("4 KV heads"));
  Json odd = config();
  odd["moe_intermediate_size"] = 514;
  CHECK_THAT(shared(odd, 4).reason, Contains("514"));
}

TEST_CASE("a config.json of a model that sees says that its tower is not counted") {
  Json seeing = {{"model_type", "gemma3"}, {"vision_config", Json::object()}};
  seeing["text_config"] = {{"model_type", "gemma3_text"},
                           {"hidden_size", 640},
                           {"intermediate_size", 2048},
                           {"num_hidden_layers", 6},
                           {"num_attention_heads", 4},
                           {"num_key_value_heads", 1},
                           {"head_dim", 256},
                           {"sliding_window", 512},
                           {"vocab_size", 262144},
                           {"max_position_embeddings", 8192},
                           {"torch_dtype", "bfloat16"}};
  const TemporaryFolder folder;
  const Estimate answer = estimate(checkpoint_question(folder.write("config.json", seeing.dump())));
  REQUIRE_FALSE(answer.notes.empty());
  CHECK_THAT(answer.notes.front(), Contains("sees or hears"));
}
