#include "system/local_models.hpp"

#include <filesystem>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/temporary_folder.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;
using test::TemporaryFolder;

namespace {

const LocalModel* named(const std::vector<LocalModel>& models, const std::string& name) {
  for (const LocalModel& model : models) {
    if (model.name == name) return &model;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("The Hugging Face cache is listed by repository and file, links followed") {
  const TemporaryFolder folder;
  folder.write("hub/models--LiquidAI--LFM2-1.2B-GGUF/blobs/abc", "0123456789");
  folder.write("hub/models--LiquidAI--LFM2-1.2B-GGUF/refs/main", "c0ffee");
  folder.write("hub/models--LiquidAI--LFM2-1.2B-GGUF/snapshots/other/old.gguf", "old");
  const std::string link = folder.file("hub/models--LiquidAI--LFM2-1.2B-GGUF/snapshots/c0ffee/LFM2-Q4_0.gguf");
  std::filesystem::create_symlink("../../blobs/abc", link);
  folder.write("hub/models--LiquidAI--LFM2-1.2B-GGUF/snapshots/c0ffee/Q8_0/m-00001-of-00002.gguf", "12345");
  folder.write("hub/models--LiquidAI--LFM2-1.2B-GGUF/snapshots/c0ffee/Q8_0/m-00002-of-00002.gguf", "123");
  folder.write("hub/models--LiquidAI--LFM2-1.2B-GGUF/snapshots/c0ffee/mmproj-F16.gguf", "p");
  folder.write("hub/models--LiquidAI--LFM2-1.2B/snapshots/1/config.json", "{}");
  folder.write("hub/models--LiquidAI--LFM2-1.2B/snapshots/1/model.safetensors", "1234567");
  folder.write("hub/datasets--a--b/snapshots/1/x.gguf", "1");

  const std::vector<LocalModel> models =
      find_local_models({{"HF_HOME", folder.path()}, {"OLLAMA_MODELS", folder.path()}});
  CHECK(models.size() == 3);
  const LocalModel* gguf = named(models, "LiquidAI/LFM2-1.2B-GGUF/LFM2-Q4_0.gguf");
  REQUIRE(gguf != nullptr);
  CHECK(gguf->path == link);
  CHECK(gguf->bytes == Bytes(10));
  CHECK(gguf->tool == "Hugging Face");
  CHECK_THAT(gguf->mmproj, Contains("mmproj-F16.gguf"));
  const LocalModel* split = named(models, "LiquidAI/LFM2-1.2B-GGUF/Q8_0/m.gguf");
  REQUIRE(split != nullptr);
  CHECK(split->bytes == Bytes(8));
  CHECK_THAT(split->path, Contains("m-00001-of-00002.gguf"));
  const LocalModel* weights = named(models, "LiquidAI/LFM2-1.2B");
  REQUIRE(weights != nullptr);
  CHECK(weights->format == "safetensors");
  CHECK(weights->bytes == Bytes(7));
}

TEST_CASE("Each variable of Hugging Face's tools is honoured, the nearest first") {
  const TemporaryFolder folder;
  for (const char* place :
       {"hub-cache", "old-hub-cache", "home/hub", "xdg/huggingface/hub", "user/.cache/huggingface/hub"}) {
    const std::string model(1, *std::string(place).rbegin());
    folder.write(
        std::string(place) + "/models--o--" + std::filesystem::path(place).begin()->string() + "/snapshots/1/m.gguf",
        "1");
  }
  EnvironmentVariables environment{{"OLLAMA_MODELS", folder.path() + "/none"},
                                   {"HOME", folder.path() + "/user"},
                                   {"XDG_CACHE_HOME", folder.path() + "/xdg"},
                                   {"HF_HOME", folder.path() + "/home"},
                                   {"HUGGINGFACE_HUB_CACHE", folder.path() + "/old-hub-cache"},
                                   {"HF_HUB_CACHE", folder.path() + "/hub-cache"}};
  const std::pair<const char*, const char*> order[] = {{"HF_HUB_CACHE", "hub-cache"},
                                                       {"HUGGINGFACE_HUB_CACHE", "old-hub-cache"},
                                                       {"HF_HOME", "home"},
                                                       {"XDG_CACHE_HOME", "xdg"},
                                                       {"HOME", "user"}};
  for (const auto& [name, expected] : order) {
    const std::vector<LocalModel> models = find_local_models(environment);
    REQUIRE(models.size() == 1);
    CHECK(models[0].name == std::string("o/") + expected + "/m.gguf");
    environment.erase(name);
  }
  CHECK(find_local_models(environment).empty());
}

TEST_CASE("Ollama's manifests lead to its blobs, and nowhere else") {
  const TemporaryFolder folder;
  const std::string digest(64, 'a');
  const std::string projector(64, 'b');
  folder.write("blobs/sha256-" + digest, "12345678");
  folder.write("blobs/sha256-" + projector, "1234");
  const auto manifest = [](const std::string& model_digest, const std::string& more) {
    return R"({"schemaVersion":2,"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":")" +
           model_digest + R"(","size":8})" + more + "]}";
  };
  folder.write(
      "manifests/registry.ollama.ai/library/qwen3/8b",
      manifest("sha256:" + digest,
               R"(,{"mediaType":"application/vnd.ollama.image.projector","digest":"sha256:)" + projector + "\"}"));
  folder.write("manifests/hf.co/LiquidAI/LFM2-GGUF/Q4_0", manifest("sha256:" + digest, ""));
  folder.write("manifests/registry.ollama.ai/me/mine/latest", manifest("sha256:" + digest, ",7,{}"));
  folder.write("manifests/registry.ollama.ai/library/evil/latest", manifest("sha256:../../../../etc/passwd", ""));
  folder.write("manifests/registry.ollama.ai/library/missing/latest", manifest("sha256:" + std::string(64, 'c'), ""));
  folder.write("manifests/registry.ollama.ai/library/broken/latest", "{");

  const std::vector<LocalModel> models = find_local_models({{"OLLAMA_MODELS", folder.path()}});
  CHECK(models.size() == 3);
  REQUIRE(named(models, "qwen3:8b") != nullptr);
  CHECK(named(models, "qwen3:8b")->bytes == Bytes(8));
  CHECK(named(models, "qwen3:8b")->path == folder.path() + "/blobs/sha256-" + digest);
  CHECK(named(models, "qwen3:8b")->mmproj == folder.path() + "/blobs/sha256-" + projector);
  CHECK(named(models, "hf.co/LiquidAI/LFM2-GGUF:Q4_0") != nullptr);
  CHECK(named(models, "me/mine:latest") != nullptr);
}

TEST_CASE("LM Studio's and llama.cpp's folders are listed") {
  const TemporaryFolder folder;
  folder.write(".lmstudio/models/LiquidAI/LFM2-GGUF/LFM2-Q4_0.gguf", "123");
  folder.write(".cache/lm-studio/models/a/b/c.gguf", "12");
  folder.write("moved/models/d/e/f.gguf", "1");
  folder.write(".lmstudio-home-pointer", folder.path() + "/moved\n");
  folder.write(".cache/llama.cpp/ggml-org_gemma.gguf", "1234");
  folder.write(".cache/llama.cpp/models--o--n/snapshots/1/m.gguf", "12345");
  const std::vector<LocalModel> models = find_local_models({{"HOME", folder.path()}, {"OLLAMA_MODELS", folder.path()}});
  CHECK(models.size() == 5);
  CHECK(named(models, "LiquidAI/LFM2-GGUF/LFM2-Q4_0.gguf")->tool == "LM Studio");
  CHECK(named(models, "a/b/c.gguf") != nullptr);
  CHECK(named(models, "d/e/f.gguf") != nullptr);
  CHECK(named(models, "ggml-org_gemma.gguf")->tool == "llama.cpp");
  CHECK(named(models, "o/n/m.gguf")->bytes == Bytes(5));
}

TEST_CASE("A local model is found by its name or by a part that only one has") {
  const std::vector<LocalModel> models{{"o/LFM2-1.2B", "", "", "", Bytes(), ""},
                                       {"o/LFM2-1.2B-GGUF/a.gguf", "", "", "", Bytes(), ""}};
  CHECK(local_model(models, "O/lfm2-1.2b") == &models[0]);
  CHECK(local_model(models, "a.gguf") == &models[1]);
  CHECK(local_model(models, "qwen") == nullptr);
  CHECK_THROWS_WITH(local_model(models, "lfm2"), Contains("o/LFM2-1.2B, o/LFM2-1.2B-GGUF/a.gguf"));
}
