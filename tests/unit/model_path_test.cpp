#include <filesystem>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/inspection.hpp"
#include "lfmfit/model_file.hpp"
#include "support/model_gguf.hpp"
#include "support/reader_facts.hpp"
#include "support/safetensors_writer.hpp"
#include "support/scene.hpp"
#include "support/temporary_folder.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;
using test::TemporaryFolder;

namespace {

using Json = nlohmann::ordered_json;

ModelFile model_file_at(const std::string& path) { return read_model_path(path, test::reader_facts()); }

Json qwen2() {
  return {{"model_type", "qwen2"},    {"hidden_size", 64},
          {"intermediate_size", 128}, {"num_hidden_layers", 2},
          {"num_attention_heads", 4}, {"num_key_value_heads", 2},
          {"vocab_size", 100},        {"max_position_embeddings", 512},
          {"torch_dtype", "bfloat16"}};
}

/// Weights of `config` as its estimate counts them.
Bytes stored(const Json& config) {
  const TemporaryFolder folder;
  const ModelFile file = model_file_at(folder.write("config.json", config.dump()));
  CHECK_FALSE(file.stored_bytes_counted);
  return file.stored_bytes;
}

std::string write_gguf(const TemporaryFolder& folder, const std::string& name, const char* quantization) {
  const std::string path = folder.file(name);
  test::gguf_of(test::shipped().model("LiquidAI/LFM2-350M"), &test::shipped().quantization(quantization))
      .text("general.type", "model")
      .write_sparse(path);
  return path;
}

}  // namespace

TEST_CASE("A folder means the one model that it holds") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(model_file_at(folder.path()), Contains("neither a GGUF file nor a config.json"));
  write_gguf(folder, "a.gguf", "Q4_0");
  folder.write("mmproj-a.gguf", "ignored");
  CHECK(model_file_at(folder.path()).model.architecture == "lfm2");
  CHECK(model_file_at(folder.path()).stored_as == "mostly q4_0");
  write_gguf(folder, "b.gguf", "Q8_0");
  CHECK_THROWS_WITH(model_file_at(folder.path()), Contains("holds 2 GGUF models; name one of them: a.gguf, b.gguf"));
}

TEST_CASE("A config.json with safetensors beside it has its bytes counted") {
  const TemporaryFolder folder;
  const std::string config = folder.write("config.json", qwen2().dump());
  const std::string weights =
      folder.write("model.safetensors", test::SafetensorsWriter().tensor("a", "BF16", {1000}, 2000).file());
  for (const std::string& path : {config, weights, folder.path()}) {
    const ModelFile file = model_file_at(path);
    CHECK(file.format == "safetensors");
    CHECK(file.stored_bytes == Bytes(2000));
    CHECK(file.stored_bytes_counted);
    CHECK(file.stored_as == "bfloat16");
    CHECK(file.model.blocks.size() == 2);
  }
  std::filesystem::remove(config);
  CHECK_THROWS_WITH(model_file_at(weights), Contains("put its config.json beside it"));
}

TEST_CASE("What is no model file says so") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(model_file_at(folder.write("notes.txt", "hello")),
                    Contains("is neither a GGUF file, a config.json nor a safetensors file"));
  CHECK_THROWS_WITH(model_file_at(folder.path() + "/missing.gguf"), Contains("No such file"));
  CHECK_THROWS_WITH(model_file_at("/dev/zero"), Contains("no regular file"));
}

TEST_CASE("Quantized weights are estimated by their method") {
  const TemporaryFolder folder;
  const Model model = model_file_at(folder.write("config.json", qwen2().dump())).model;
  const std::int64_t all = parameter_count(model);
  const std::int64_t linear = 2 * (64 * 64 * 2 + 64 * 32 * 2 + 3 * 64 * 128);
  CHECK(stored(qwen2()) == Bytes(2 * all));
  const auto with = [](const char* key, const Json& value) {
    Json config = qwen2();
    config[key] = value;
    return config;
  };
  CHECK(stored(with("torch_dtype", "float32")) == Bytes(4 * all));
  const auto quantized = [&](double bits) {
    return Bytes(2 * (all - linear) + static_cast<std::int64_t>(static_cast<double>(linear) * bits / 8));
  };
  CHECK(stored(with("quantization_config", {{"quant_method", "fp8"}, {"weight_block_size", {128, 128}}})) ==
        quantized(8 + 32.0 / 16384));
  CHECK(stored(with("quantization_config", {{"quant_method", "awq"}, {"bits", 4}, {"group_size", 128}})) ==
        quantized(4 + 20.0 / 128));
  CHECK(stored(with("quantization_config", {{"quant_method", "gptq"}, {"bits", 8}, {"group_size", 32}})) ==
        quantized(8 + 24.0 / 32));
  CHECK(stored(with("quantization_config", {{"quant_method", "bitsandbytes"}, {"load_in_8bit", true}})) ==
        quantized(8));
  const Json nvfp4 = {{"quant_method", "modelopt"},
                      {"config_groups", {{"group_0", {{"weights", {{"num_bits", 4}, {"group_size", 16}}}}}}}};
  CHECK(stored(with("quantization_config", nvfp4)) == quantized(4.5));
  CHECK_THROWS_WITH(stored(with("quantization_config", {{"quant_method", "abacus"}})), Contains("\"abacus\""));
  CHECK(stored(with("quantization", {{"bits", 4}, {"group_size", 64}})) < quantized(4.5));  // MLX: embeddings too
}

TEST_CASE("Companions of a model are told apart and weighed") {
  const TemporaryFolder folder;
  const auto companion = [&](test::GgufWriter writer) {
    const std::string path = folder.file("x.gguf");
    writer.tensor("v.patch_embd.weight", {64, 3}, 1, 384).write_sparse(path);
    return read_companion(path, test::reader_facts());
  };
  const Companion projector =
      companion(test::GgufWriter().text("general.architecture", "clip").text("general.type", "mmproj"));
  CHECK(projector.kind == CompanionKind::kProjector);
  CHECK(projector.bytes == Bytes(384));
  const Companion adapter = companion(test::GgufWriter()
                                          .text("general.type", "adapter")
                                          .text("adapter.type", "lora")
                                          .text("general.architecture", "lfm2"));
  CHECK(adapter.kind == CompanionKind::kAdapter);
  CHECK(adapter.architecture == "lfm2");
  CHECK(companion(test::GgufWriter().text("general.architecture", "controlvector")).kind ==
        CompanionKind::kControlVector);
  CHECK_THROWS_WITH(companion(test::GgufWriter().text("general.architecture", "lfm2").text("general.type", "model")),
                    Contains("it is a model of its own"));
}

TEST_CASE("An inspection groups tensors by purpose and type, and they add up") {
  const TemporaryFolder folder;
  const Inspection inspection = inspect(write_gguf(folder, "m.gguf", "Q4_K_M"), test::reader_facts());
  CHECK(inspection.format == "GGUF version 3");
  CHECK(inspection.problem.empty());
  REQUIRE(inspection.model.has_value());
  Bytes sum;
  for (const TensorGroup& group : inspection.tensors) {
    CHECK(group.role != "other");
    sum += group.bytes;
  }
  CHECK(sum == inspection.tensor_bytes);
  CHECK(sum == Bytes(226925568));
  CHECK(sum == inspection.model->stored_bytes);
  CHECK(inspection.tensors.front().role == "feed-forward");
}

TEST_CASE("A file whose model is not understood is inspected all the same") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.gguf");
  test::GgufWriter()
      .text("general.architecture", "wonder\n")
      .flag("a", true)
      .texts("b", {"x", "y"})
      .tensor("blk.0.attn_q.weight", {4}, 0, 16)
      .write_sparse(path);
  const Inspection inspection = inspect(path, test::reader_facts());
  CHECK_FALSE(inspection.model.has_value());
  CHECK_THAT(inspection.problem, Contains("\"wonder?\" is unknown"));
  REQUIRE(inspection.metadata.size() == 3);
  CHECK(inspection.metadata[0].value == "wonder?");
  CHECK(inspection.metadata[1].value == "true");
  CHECK(inspection.metadata[2].type == "[str]");
  CHECK(inspection.metadata[2].value == "2 elements");
}

TEST_CASE("Every tensor of the models that lfmfit knows has a purpose") {
  for (const Model& model : test::shipped().models()) {
    for (const Tensor& tensor : tensors(model)) {
      if (purpose_of(tensor.name) == "other") FAIL_CHECK(model.card.id << ": " << tensor.name);
    }
  }
}
