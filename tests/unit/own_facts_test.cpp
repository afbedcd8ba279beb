#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "lfmfit/catalog.hpp"
#include "support/model_gguf.hpp"
#include "support/program.hpp"
#include "support/temporary_folder.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;
using test::ProgramRun;
using test::TemporaryFolder;

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kBackend = R"({"backends": [
  {"name": "opencl", "label": "OpenCL", "also_drives": [{"vendor": "Intel", "classes": ["gpu", "unified", "server"]}],
   "traits": {"alignment": 128, "row_padding": 512},
   "overheads": [{"low_mib": 100, "value_mib": 200, "high_mib": 400, "source": "made up"}]}]})";

constexpr const char* kSpeed = R"({"speed": [
  {"id": "opencl/mine", "label": "any device", "backend": "opencl", "parent": "base",
   "factors": {"dense_read": 1.5, "expert_read": 2, "launch_us": 3}}]})";

constexpr const char* kArchitecture = R"({"architectures": [
  {"name": "fable", "blocks": {
    "s": {"mixer": "attention", "feed_forward": "dense", "settings": {"sliding": true, "qk_norm": "per_head"}},
    "a": {"mixer": "attention", "feed_forward": "dense", "settings": {"qk_norm": "per_head"}}}}]})";

constexpr const char* kTraits = R"({"gguf_traits": [{"architecture": "fable", "sliding_period": 3}]})";

constexpr const char* kConfigKeys = R"({"model_types": [
  {"names": ["fable_text"], "architecture": "fable", "keys": {"embedding_length": ["fable_width"]},
   "defaults": {"sliding_window_pattern": 3}, "words": {"attention_bias": {"false": {}}}, "ignored": ["moral_size"]}]})";

constexpr const char* kModel = R"({"models": [
  {"id": "me/fable-0.1b", "name": "Fable", "publisher": "me", "family": "Fable", "architecture": "fable", "layout": "(ssa)x4",
   "settings": {"n_vocab": 32000, "n_embd": 512, "n_ff": 1408, "n_head": 8, "n_head_kv": 2, "head_dim_k": 64, "head_dim_v": 64},
   "block_settings": {"s": {"window": 1024}},
   "context_train": 65536, "source": "made up", "confidence": "high"}]})";

const Json kConfig{{"model_type", "fable_text"},
                   {"fable_width", 512},
                   {"moral_size", 7},
                   {"intermediate_size", 1408},
                   {"num_hidden_layers", 12},
                   {"num_attention_heads", 8},
                   {"num_key_value_heads", 2},
                   {"head_dim", 64},
                   {"vocab_size", 32000},
                   {"sliding_window", 1024},
                   {"max_position_embeddings", 65536},
                   {"attention_bias", false},
                   {"torch_dtype", "float16"}};

/// A GGUF of the made-up model; which layers slide its metadata leaves to what llama.cpp assumes.
std::string write_gguf(const TemporaryFolder& folder) {
  const Catalog catalog(std::vector<Overlay>{{"a.json", kArchitecture}, {"m.json", kModel}});
  test::GgufWriter writer;
  writer.text("general.architecture", "fable").text("general.name", "Fable");
  writer.u32("fable.block_count", 12).u32("fable.embedding_length", 512).u32("fable.context_length", 65536);
  writer.u32("fable.attention.head_count", 8).u32("fable.attention.head_count_kv", 2);
  writer.u32("fable.attention.key_length", 64).u32("fable.attention.value_length", 64);
  writer.u32("fable.feed_forward_length", 1408).u32("fable.attention.sliding_window", 1024);
  test::add_tensors(writer, tensors(catalog.model("me/fable-0.1b")));
  const std::string path = folder.file("fable.gguf");
  writer.write_sparse(path);
  return path;
}

/// What a model takes on the GPU and the host with 32,768 tokens, by `facts` too; `model` is it and its
/// quantization, where a file does not say that.
Json gpu_memory_of(const std::string& model, const TemporaryFolder& facts) {
  std::vector<std::string> args = test::words("check " + model + " -c 32k --on rtx-3060 --json --data");
  args.push_back(facts.path());
  const ProgramRun outcome = test::lfmfit(args);
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  return Json::parse(outcome.out)["memory"];
}

std::string refused(const std::vector<std::string>& args) {
  const ProgramRun outcome = test::lfmfit(args);
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  return outcome.err;
}

TEST_CASE("a backend of one's own drives what its row says, its speed included") {
  const TemporaryFolder facts;
  facts.write("backends.json", kBackend);
  facts.write("speed.json", kSpeed);
  const ProgramRun outcome =
      test::lfmfit({"check", "lfm2-1.2b", "--on", "arc-b580", "--backend", "opencl", "--data", facts.path(), "--json"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const Json answer = Json::parse(outcome.out);
  CHECK(answer["request"]["backend"] == "opencl");
  CHECK(answer["memory"]["gpus"][0]["runtime_bytes"] == 200 << 20);
  CHECK(answer["speed"]["decode_tok_s"] > 50);
  CHECK(answer["speed"]["speed_measured"] == false);
  CHECK_THAT(refused({"check", "lfm2-1.2b", "--on", "rtx-4090", "--backend", "opencl", "--data", facts.path()}),
             Contains("OpenCL does not run on GeForce RTX 4090"));
  CHECK_THAT(refused({"check", "lfm2-1.2b", "--on", "arc-b580", "--backend", "opencl"}),
             Contains("no backend \"opencl\""));
}

TEST_CASE("a backend of one's own without constants of speed is answered for memory") {
  const TemporaryFolder facts;
  facts.write("backends.json", kBackend);
  const ProgramRun outcome =
      test::lfmfit({"check", "lfm2-1.2b", "--on", "arc-b580", "--backend", "opencl", "--data", facts.path()});
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.out, Contains("Arc B580: runs great"));
}

TEST_CASE("an architecture of known blocks is added without a build: by row, GGUF and config.json it is one model") {
  const TemporaryFolder facts, files;
  facts.write("architectures.json", kArchitecture);
  facts.write("config_keys.json", kConfigKeys);
  facts.write("models/fable.json", kModel);
  const std::string gguf = write_gguf(files);
  const std::string config = files.write("config.json", kConfig.dump());

  const Json by_row = gpu_memory_of("me/fable-0.1b -q F16", facts);
  CHECK(by_row["gpus"][0]["kv_cache_bytes"] == 4 * (32768 + 2 * 1536) * 2 * 2 * 64 * 2);
  CHECK(gpu_memory_of(gguf, facts) != by_row);  // nothing says yet which of its layers slide
  facts.write("gguf_traits.json", kTraits);
  CHECK(gpu_memory_of(gguf, facts) == by_row);
  CHECK(gpu_memory_of(config + " -q F16", facts) == by_row);
  for (const std::string& path : {gguf, config}) {
    const ProgramRun outcome = test::lfmfit({"inspect", path, "--data", facts.path()});
    CHECK(outcome.code == 0);
    CHECK_THAT(outcome.out, Contains("12 layers: 8 sliding attention, 4 attention"));
  }
}

TEST_CASE("a file of an architecture that only other facts know is refused by what is missing") {
  const TemporaryFolder facts, files;
  const std::string gguf = write_gguf(files);
  const std::string config = files.write("config.json", kConfig.dump());
  CHECK_THAT(refused({"check", gguf, "--on", "rtx-3060"}), Contains("architecture \"fable\" is unknown"));
  CHECK_THAT(refused({"check", config, "--on", "rtx-3060"}), Contains("\"fable_text\""));
  facts.write("config_keys.json", kConfigKeys);
  CHECK_THAT(refused({"check", config, "--on", "rtx-3060", "--data", facts.path()}), Contains("\"fable\""));
  facts.write("gguf_traits.json", R"({"gguf_traits": {}})");
  CHECK_THAT(refused({"inspect", config, "--data", facts.path()}), Contains("gguf_traits.json"));
}

}  // namespace
