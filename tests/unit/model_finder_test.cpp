#include "ask/model_finder.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/model_gguf.hpp"
#include "support/program.hpp"
#include "support/scene.hpp"
#include "support/temporary_folder.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;
using test::TemporaryFolder;

namespace {

std::string write_model(const std::string& path, const char* quantization) {
  const Model& model = test::shipped().model("LiquidAI/LFM2-350M");
  test::gguf_of(model, &test::shipped().quantization(quantization)).u32("general.file_type", 15).write_sparse(path);
  return path;
}

/// Writes an adapter that changes `tensor` by A of sizes[0] x sizes[1] and B of sizes[2] x sizes[3].
std::string write_adapter(const std::string& path, const std::string& tensor,
                          const std::array<std::int64_t, 4>& sizes) {
  test::GgufWriter()
      .text("general.type", "adapter")
      .text("adapter.type", "lora")
      .text("general.architecture", "lfm2")
      .tensor(tensor + ".lora_a", {sizes[0], sizes[1]}, 1, 2 * sizes[0] * sizes[1])
      .tensor(tensor + ".lora_b", {sizes[2], sizes[3]}, 1, 2 * sizes[2] * sizes[3])
      .write_sparse(path);
  return path;
}

}  // namespace

TEST_CASE("MODEL is a path, a catalogue name, or a model of another tool's store") {
  const TemporaryFolder folder;
  const std::string path = write_model(folder.file("models--o--Tiny-GGUF/snapshots/1/tiny.gguf"), "Q4_K_M");
  ask::ModelFinder finder(test::shipped(), {{"HF_HUB_CACHE", folder.path()}, {"OLLAMA_MODELS", folder.path()}});
  CHECK(finder.find("LiquidAI/LFM2-1.2B").model == &test::shipped().model("LiquidAI/LFM2-1.2B"));
  CHECK(finder.find("LiquidAI/LFM2-1.2B").stored == nullptr);
  const auto found = finder.find(path);
  CHECK(found.model->card.id == path);
  REQUIRE(found.stored != nullptr);
  CHECK(found.stored->name == "Q4_K_M");
  CHECK(finder.find(path).model == found.model);
  CHECK(finder.find("tiny-gguf").model->blocks.size() == 16);
  CHECK_THROWS_WITH(finder.find("./missing.gguf"), Contains("no such file"));
  CHECK_THROWS_AS(finder.find("no-such-model"), Error);
}

TEST_CASE("A file's own quantization is used, and another one is refused") {
  const TemporaryFolder folder;
  ask::ModelFinder finder(test::shipped(), {});
  const auto found = finder.find(write_model(folder.file("m.gguf"), "Q4_K_M"));
  CHECK(finder.quantization(found, "Q8_0", false).name == "Q4_K_M");
  CHECK(finder.quantization(found, "q4_k_m", true).name == "Q4_K_M");
  CHECK_THROWS_WITH(finder.quantization(found, "Q8_0", true), Contains("is stored as Q4_K_M; leave out Q8_0"));
  CHECK(finder.quantization(finder.find("LiquidAI/LFM2-1.2B"), "Q8_0", true).name == "Q8_0");
}

TEST_CASE("A quantization behind a model's name counts, and another one is refused") {
  ask::ModelFinder finder(test::shipped(), {});
  const auto found = finder.find("hf.co/unsloth/Qwen3-8B-GGUF:Q5_K_M");
  CHECK(finder.quantization(found, "Q4_K_M", false).name == "unsloth:Q5_K_M");
  CHECK(finder.quantization(found, "q5_k_m", true).name == "unsloth:Q5_K_M");
  CHECK_THROWS_WITH(finder.quantization(found, "Q8_0", true),
                    Contains("the name says unsloth:Q5_K_M and -q says Q8_0"));
  CHECK(finder.find("Qwen3-8B-Q6_K.gguf").model == &test::shipped().model("Qwen/Qwen3-8B"));
  CHECK_THROWS_WITH(finder.find("./Qwen3-8B-Q6_K.gguf"), Contains("no such file"));
  CHECK_THROWS_WITH(finder.find("/models/Qwen3-8B-Q6_K.gguf"), Contains("no such file"));
}

TEST_CASE("Notes on a model are shown wherever it is") {
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"lfm2-vl-1.6b", "--top", "1"},
                                             {"lfm2-vl-1.6b", "--json", "--top", "1"},
                                             {"lfm2-vl-1.6b", "--markdown", "--top", "1"},
                                             {"check", "lfm2-vl-1.6b", "--on", "rtx-3060"},
                                             {"check", "lfm2-vl-1.6b", "--on", "rtx-3060", "--json"},
                                             {"explain", "lfm2-vl-1.6b", "--on", "rtx-3060"},
                                             {"page", "lfm2-vl-1.6b", "-o", "-"}}) {
    INFO(args.front());
    std::string text = test::lfmfit(args).out;  // lines may break anywhere
    std::replace(text.begin(), text.end(), '\n', ' ');
    text.erase(std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }), text.end());
    CHECK_THAT(text, Contains("566 MB as Q8"));
  }
  CHECK(test::lfmfit({"check", "lfm2-vl-1.6b", "--on", "rtx-3060", "--strict"}).code == 0);
}

TEST_CASE("A model of Ollama's store is found before the catalogue's of that name") {
  const TemporaryFolder folder;
  const std::string digest(64, 'a');
  write_model(folder.file("blobs/sha256-" + digest), "Q4_K_M");
  folder.write("manifests/registry.ollama.ai/library/qwen3/8b",
               R"({"schemaVersion":2,"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:)" +
                   digest + R"(","size":8}]})");
  ask::ModelFinder finder(test::shipped(), {{"OLLAMA_MODELS", folder.path()}});
  CHECK(finder.find("qwen3:8b").model->blocks.size() == 16);
  CHECK(finder.find("qwen3:4b").model->blocks.size() == 36);
}

TEST_CASE("A GGUF answers as the catalogue's model does") {
  const TemporaryFolder folder;
  const std::string path = write_model(folder.file("m.gguf"), "Q4_K_M");
  const auto memory = [](const std::string& model) {
    const test::ProgramRun outcome =
        test::lfmfit({"batch"}, R"({"model": ")" + model + R"(", "quantization": "Q4_K_M", "context": 32768})" + "\n");
    const std::size_t start = outcome.out.find("\"memory\"");
    REQUIRE(start != std::string::npos);
    return outcome.out.substr(start);
  };
  CHECK(memory(path) == memory("LiquidAI/LFM2-350M"));
}

TEST_CASE("The program inspects files, and lists what is on this machine") {
  const TemporaryFolder folder;
  const test::ProgramRun outcome = test::lfmfit({"inspect", write_model(folder.file("m.gguf"), "Q4_K_M")});
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.out,
             Contains("354 M parameters, 16 layers: 10 short-conv, 6 attention") && Contains("226,925,568"));
  CHECK(test::lfmfit({"inspect", folder.path() + "/none"}).code == 2);
  CHECK(test::lfmfit({"inspect", folder.write("x.gguf", "GGUF")}).code == 2);
  CHECK(test::lfmfit({"list", "models", "--local", "--json"}).out == "[]\n");
}

TEST_CASE("A vision part and an adapter take memory beside the model") {
  const TemporaryFolder folder;
  const std::string projector = folder.file("mmproj.gguf");
  test::GgufWriter()
      .text("general.architecture", "clip")
      .tensor("v.blk.0.ffn_up.weight", {1024, 1024}, 1, 2097152)
      .write_sparse(projector);
  const std::string adapter = write_adapter(folder.file("lora.gguf"), "blk.0.ffn_up.weight", {1024, 16, 16, 4608});
  ask::ModelFinder finder(test::shipped(), {});
  const Model& model = test::shipped().model("LiquidAI/LFM2-350M");
  CHECK(finder.beside(projector, CompanionKind::kProjector, model).tensors.size() == 1);
  CHECK_THROWS_WITH(finder.beside(adapter, CompanionKind::kProjector, model),
                    Contains("is no mmproj but a LoRA adapter"));
  CHECK_THROWS_WITH(finder.beside(adapter, CompanionKind::kAdapter, test::shipped().model("Qwen/Qwen3-8B")),
                    Contains("architecture lfm2, not qwen3"));

  Question question = test::question_about("LiquidAI/LFM2-350M");
  const Bytes alone = estimate(question).memory.total(0);
  question.beside = {finder.beside(projector, CompanionKind::kProjector, model)};
  CHECK(estimate(question).memory.total(0) == alone + Bytes(2097152));
  const test::ProgramRun both =
      test::lfmfit({"check", "lfm2-350m", "--on", "rtx-3060", "--mmproj", projector, "--lora", adapter});
  CHECK(both.code == 0);
  CHECK_THAT(both.out,
             Contains("mmproj of 1 tensor") && Contains("LoRA adapter of 2 tensors") && Contains("not counted"));
  CHECK(test::lfmfit({"check", "lfm2-350m", "--on", "rtx-3060", "--lora", adapter, "-ngl", "3"}).code == 2);
}

TEST_CASE("An adapter of other tensors or shapes than the model's is refused, not counted") {
  const TemporaryFolder folder;
  ask::ModelFinder finder(test::shipped(), {});
  const Model& model = test::shipped().model("LiquidAI/LFM2-350M");
  const auto beside = [&](const std::string& tensor, const std::array<std::int64_t, 4>& sizes) {
    return finder.beside(write_adapter(folder.file("lora.gguf"), tensor, sizes), CompanionKind::kAdapter, model);
  };
  CHECK(beside("blk.0.ffn_up.weight", {1024, 16, 16, 4608}).tensors.size() == 2);
  CHECK(beside("token_embd.weight", {16, 65536, 16, 1024}).tensors.size() == 2);  // the other way round
  CHECK_THROWS_WITH(beside("blk.0.ffn_up.weight", {2048, 16, 16, 8192}),
                    Contains("blk.0.ffn_up.weight by 2048 x 16 and 16 x 8192, and that is 1024 x 4608 here"));
  CHECK_THROWS_WITH(beside("blk.0.ffn_up.weight", {1024, 16, 8, 4608}), Contains("1024 x 16 and 8 x 4608"));
  CHECK_THROWS_WITH(beside("blk.0.ffn_up.weight", {1024, 16, 16, 1024}), Contains("is no adapter of this model"));
  CHECK_THROWS_WITH(beside("blk.99.ffn_up.weight", {1024, 16, 16, 4608}), Contains("there is no tensor blk.99"));

  const std::string path = folder.file("half.gguf");
  const auto adapter = [] {
    return test::GgufWriter()
        .text("general.type", "adapter")
        .text("adapter.type", "lora")
        .text("general.architecture", "lfm2");
  };
  adapter().tensor("blk.0.ffn_up.weight.lora_a", {1024, 16}, 1, 32768).write_sparse(path);
  CHECK_THROWS_WITH(finder.beside(path, CompanionKind::kAdapter, model), Contains("one of its two matrices only"));
  adapter().tensor("blk.0.ffn_up.weight", {1024, 16}, 1, 32768).write_sparse(path);
  CHECK_THROWS_WITH(finder.beside(path, CompanionKind::kAdapter, model), Contains("neither a \".lora_a\" nor"));
}

TEST_CASE("A folder without anything in it does not hide the model of the catalogue that is called so") {
  const TemporaryFolder folder;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::create_directories(std::filesystem::path(folder.path()) / "LiquidAI/LFM2-350M/.cache");
  std::filesystem::current_path(folder.path());
  const test::ProgramRun found = test::lfmfit({"check", "LiquidAI/LFM2-350M", "--on", "rtx-3060"});
  const test::ProgramRun asked_for = test::lfmfit({"check", "./LiquidAI/LFM2-350M", "--on", "rtx-3060"});
  std::ofstream("LiquidAI/LFM2-350M/config.json") << "{}";
  const test::ProgramRun filled = test::lfmfit({"check", "LiquidAI/LFM2-350M", "--on", "rtx-3060"});
  std::filesystem::current_path(before);
  CHECK(found.code == 0);
  CHECK(asked_for.code == 2);
  CHECK(filled.code == 2);
}

TEST_CASE("Control vectors are added up: one vector for each layer but the first, however many files") {
  const TemporaryFolder folder;
  const auto write = [&](const char* name, std::int64_t width) {
    const std::string path = folder.file(name);
    const std::int64_t bytes = width * 4;
    test::GgufWriter()
        .text("general.architecture", "controlvector")
        .tensor("direction.1", {width}, 0, bytes)
        .write_sparse(path);
    return path;
  };
  const std::string vector = write("a.gguf", 1024), other = write("b.gguf", 1024), wide = write("c.gguf", 2048);
  ask::ModelFinder finder(test::shipped(), {});
  Question question = test::question_about("LiquidAI/LFM2-350M");
  const Bytes alone = estimate(question).memory.total(0);
  question.beside = {finder.control_vector({vector, other}, *question.model)};
  CHECK(estimate(question).memory.total(0) == alone + Bytes(15 * 1024 * 4));
  CHECK_THROWS_WITH(finder.control_vector({wide}, *question.model), Contains("2048 wide, not 1024"));
  CHECK(test::lfmfit({"lfm2-350m", "--control-vector", vector, "--on", "rtx-3060"}).code == 0);
  CHECK_THAT(test::lfmfit({"lfm2-350m", "--control-vector", vector, "-ngl", "2"}).err,
             Contains("leave out --gpu-layers"));
}
