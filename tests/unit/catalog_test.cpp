#include "lfmfit/catalog.hpp"

#include <map>
#include <thread>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/reader_facts.hpp"

namespace {

using Catch::Matchers::Contains;
using namespace lfmfit;

template <class Ask>
std::string message_of(ErrorKind kind, const Ask& ask) {
  try {
    ask();
  } catch (const Error& error) {
    CHECK(error.kind() == kind);
    return error.what();
  }
  return {};
}

/// The message that a catalogue with this overlay gives when everything in it is read.
std::string overlay_message(const std::string& text) {
  return message_of(ErrorKind::kBadFile, [&] {
    const Catalog catalog(std::vector<Overlay>{{"my.json", text}});
    catalog.models();
    catalog.devices();
    catalog.backends();
    catalog.architectures();
    catalog.quantizations();
    catalog.gguf_traits();
    catalog.config_keys();
  });
}

const std::string kModel =
    R"("id":"me/Mine","name":"Mine","publisher":"me","family":"LFM2","architecture":"lfm2","layout":"ca","context_train":100,)"
    R"("settings":{"n_vocab":100,"n_embd":8,"n_ff":16,"n_head":2,"n_head_kv":1,"head_dim_k":4,"head_dim_v":4},)"
    R"("source":"mine","confidence":"high")";
const std::string kDevice =
    R"("id":"rtx-4090","name":"Mine","vendor":"me","class":"gpu","segment":"consumer","generation":"Ada","backend":"cuda",)"
    R"("memory_gib":48,"source":"mine","confidence":"high")";

TEST_CASE("Models are found by the names people use") {
  const Catalog catalog;
  CHECK(catalog.model("LiquidAI/LFM2-1.2B-RAG").card.id == "LiquidAI/LFM2-1.2B-RAG");
  CHECK(catalog.model("lfm2-1.2b-rag").card.name == "LFM2 1.2B RAG");
  CHECK(catalog.model("LFM2-1.2B").card.id == "LiquidAI/LFM2-1.2B");
  CHECK(catalog.model("llama-3.1-8b").card.id == "meta-llama/Llama-3.1-8B-Instruct");
  CHECK(catalog.model("qwen3-8b").card.id == "Qwen/Qwen3-8B");
}

TEST_CASE("Any number of threads may ask one catalogue, and get the same rows") {
  struct Found {
    const Model* model;
    const Device* device;
    const Quantization* quantization;
    bool operator==(const Found&) const = default;
  };
  const Catalog catalog;
  std::vector<Found> found(8);
  std::vector<std::thread> threads;
  for (Found& mine : found) {
    threads.emplace_back([&] {
      mine = {&catalog.model("LFM2-1.2B"), &catalog.device("rtx-3060"), &catalog.quantization("Q4_K_M")};
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Found& other : found) CHECK((other == found.front()));
}

TEST_CASE("A fine-tune has the shape of its base and a card of its own") {
  const Catalog catalog;
  const Model& tuned = catalog.model("LiquidAI/LFM2-1.2B-RAG");
  const Model& base = catalog.model("LiquidAI/LFM2-1.2B");
  CHECK(parameter_count(tuned) == 1170340608);
  CHECK(tuned.blocks == base.blocks);
  CHECK(tuned.context_train == Tokens(128000));
  CHECK(tuned.file_overhead == base.file_overhead);
  CHECK(tuned.card.base_model == base.card.id);
}

TEST_CASE("Asking twice gives the same row") {
  const Catalog catalog;
  CHECK(&catalog.model("lfm2-1.2b") == &catalog.model("LFM2 1.2B"));
  CHECK(&catalog.device("rtx-4090") == &catalog.device("RTX 4090"));
  CHECK(&catalog.tensor_type("q4_k") == &catalog.tensor_type("Q4_K"));
  CHECK(&catalog.models() == &catalog.models());
}

TEST_CASE("Unknown names get the near one") {
  const Catalog catalog;
  CHECK_THAT(message_of(ErrorKind::kUnknownModel, [&] { catalog.model("lfm2-1.2b-ragg"); }),
             Contains("did you mean LiquidAI/LFM2-1.2B-RAG"));
  CHECK_THAT(message_of(ErrorKind::kUnknownModel, [&] { catalog.model("mistral-7b"); }),
             Contains("v0.2") && Contains("v0.3"));
  CHECK_THAT(message_of(ErrorKind::kUnknownModel, [&] { catalog.model("lfm"); }), Contains("more"));
  CHECK_THAT(message_of(ErrorKind::kUnknownModel, [&] { catalog.model(""); }), Contains("list models"));
  CHECK_THAT(message_of(ErrorKind::kUnknownDevice, [&] { catalog.device("rtx-4091"); }), Contains("rtx-4090"));
  CHECK_THAT(message_of(ErrorKind::kBadRequest, [&] { catalog.quantization("Q4_K_N"); }),
             Contains("did you mean Q4_K_M") && Contains("Q8_0"));
  CHECK_THAT(message_of(ErrorKind::kBadRequest, [&] { catalog.backend("cudda"); }),
             Contains("did you mean cuda") && Contains("metal"));
  CHECK_THAT(message_of(ErrorKind::kBadRequest, [&] { catalog.tensor_type("q4k"); }), Contains("did you mean q4_k"));
  CHECK_THAT(message_of(ErrorKind::kUnsupported, [&] { catalog.architecture("lfm3"); }), Contains("lfm2moe"));
}

TEST_CASE("A very long name is refused quickly and shown short") {
  const Catalog catalog;
  const std::string message = message_of(ErrorKind::kUnknownModel, [&] { catalog.model(std::string(1000000, 'a')); });
  CHECK(message.size() < 300);
}

TEST_CASE("An overlay replaces a row whole and adds new ones") {
  const std::size_t models = Catalog().models().size();
  const std::size_t devices = Catalog().devices().size();
  const Catalog catalog(
      std::vector<Overlay>{{"my.json", "{\"models\":[{" + kModel + "}],\"devices\":[{" + kDevice + "}]}"}});
  CHECK(catalog.models().size() == models + 1);
  CHECK(catalog.model("me/Mine").blocks.size() == 2);
  CHECK(catalog.devices().size() == devices);
  CHECK(catalog.device("rtx-4090").memory == from_gib(48));
  CHECK(catalog.device("rtx-4090").usable == from_gib(48));
  CHECK(catalog.device("rtx-4090").bandwidth.value() == 0);
}

TEST_CASE("The last overlay wins") {
  const std::string first =
      R"({"models":[{"id":"me/Mine","name":"first","publisher":"m","family":"f","shape_of":"LiquidAI/LFM2-1.2B","source":"s","confidence":"low"}]})";
  const std::string second =
      R"({"models":[{"id":"me/Mine","name":"second","publisher":"m","family":"f","shape_of":"LiquidAI/LFM2-1.2B","source":"s","confidence":"low"}]})";
  CHECK(Catalog(std::vector<Overlay>{{"a.json", first}, {"b.json", second}}).model("me/Mine").card.name == "second");
}

TEST_CASE("An overlay may replace a quantization and a tensor type") {
  const Catalog catalog(
      std::vector<Overlay>{{"my.json", R"({"quantizations":[{"name":"Q4_0","default_type":"q8_0","rules":[]}]})"}});
  CHECK(catalog.quantization("Q4_0").default_type == &catalog.tensor_type("q8_0"));
  CHECK(catalog.quantizations().size() == Catalog().quantizations().size());
}

TEST_CASE("An overlay may say how files of an architecture are read") {
  const Catalog catalog(std::vector<Overlay>{{"my.json", R"({"gguf_traits":[{"architecture":"gemma3","all_slide":true}],
    "model_types":[{"names":["llama"],"architecture":"qwen3"},{"names":["mine"],"architecture":"lfm2"}]})"}});
  const ReaderFacts facts = reader_facts(catalog);
  CHECK(facts.traits("gemma3").all_slide);
  CHECK(facts.traits("gemma3").sliding_period == 0);
  CHECK(facts.traits("gemma2").sliding_period == 2);
  std::map<std::string, std::string> architectures;
  for (const ConfigModelType& type : facts.config_keys().model_types) {
    for (const std::string& name : type.names) CHECK(architectures.emplace(name, type.architecture).second);
  }
  CHECK(architectures.at("llama") == "qwen3");
  CHECK(architectures.at("mistral") == "llama");
  CHECK(architectures.at("mine") == "lfm2");
  CHECK_FALSE(facts.config_keys().suspects.empty());
}

TEST_CASE("A wrong overlay is named with row and key") {
  CHECK_THAT(overlay_message("{"), Contains("my.json"));
  CHECK_THAT(overlay_message("[]"), Contains("my.json"));
  CHECK_THAT(overlay_message(R"({"modles":[]})"),
             Contains("my.json: key \"modles\" is unknown") && Contains("\"models\""));
  CHECK_THAT(overlay_message("{\"models\":[{" + kModel + ",\"licence\":\"x\"}]}"),
             Contains("my.json: row \"me/Mine\": key \"licence\""));
  CHECK_THAT(overlay_message("{\"models\":[{" + kModel + ",\"parameters\":5}]}"),
             Contains("row \"me/Mine\": key \"parameters\" is 5, but"));
  CHECK_THAT(overlay_message("{\"devices\":[{" + kDevice + ",\"memory_gb\":1}]}"),
             Contains("row \"rtx-4090\": key \"memory_gb\""));
  CHECK_THAT(overlay_message("{\"devices\":[{\"id\":\"x\"}]}"), Contains("row \"x\"") && Contains("missing"));
  CHECK_THAT(overlay_message("{\"devices\":[{\"name\":\"x\"}]}"), Contains("\"id\""));
  CHECK_THAT(overlay_message("{\"devices\":[{\"id\":\"\"}]}"), Contains("empty"));
  CHECK_THAT(overlay_message("{\"devices\":7}"), Contains("my.json"));
  CHECK_THAT(overlay_message(R"({"quantizations":[{"name":"Q4_0"}]})"), Contains("my.json") && Contains("Q4_0"));
  CHECK_THAT(overlay_message(R"({"quantizations":{}})"), Contains("my.json"));
  CHECK_THAT(overlay_message(R"({"gguf_traits":[{"architecture":"x","period":2}]})"),
             Contains("my.json: row \"x\": key \"period\""));
  CHECK_THAT(overlay_message(R"({"model_types":[{"names":[],"architecture":"x"}]})"),
             Contains("my.json: row \"x\": key \"names\" must not be empty"));
  CHECK_THAT(overlay_message(R"({"model_types":[{"architecture":"x"}]})"),
             Contains("my.json") && Contains("\"names\""));
  CHECK_THAT(overlay_message(
                 R"({"model_types":[{"names":["x"],"architecture":"x","words":{"f":{"true":{"n_embd":"big"}}}}]})"),
             Contains("my.json: row \"x.words.f.true\": key \"n_embd\""));
  CHECK_THAT(overlay_message(R"({"suspects":[]})"), Contains("my.json: key \"suspects\" is unknown"));
}

TEST_CASE("A shape is borrowed from a row that has one, and only from there") {
  const auto row = [](const std::string& id, const std::string& of) {
    return R"({"id":")" + id + R"(","name":"n","publisher":"p","family":"f","shape_of":")" + of +
           R"(","source":"s","confidence":"low"})";
  };
  CHECK_THAT(overlay_message("{\"models\":[" + row("me/A", "me/B") + "]}"), Contains("me/B") && Contains("no model"));
  CHECK_THAT(overlay_message("{\"models\":[" + row("me/A", "me/A") + "]}"), Contains("no shape of its own"));
  CHECK_THAT(overlay_message("{\"models\":[" + row("me/A", "me/B") + "," + row("me/B", "LiquidAI/LFM2-1.2B") + "]}"),
             Contains("no shape of its own"));
}

TEST_CASE("A server states what one of its GPUs has") {
  const Catalog catalog;
  for (const Device& device : catalog.devices()) {
    if (device.device_class == DeviceClass::kServer) CHECK(device.gpus > 1);
  }
}

}  // namespace
