#include <algorithm>
#include <map>
#include <set>

#include "catch.hpp"
#include "lfmfit/catalog.hpp"
#include "support/scene.hpp"
#include "support/tensor_list.hpp"

namespace {

using namespace lfmfit;

/// Which row of the catalogue a list of tests/truth/tensors belongs to.
const std::map<std::string, std::string> kRowOfList{{"DeepSeek-V2-Lite", "deepseek-ai/DeepSeek-V2-Lite-Chat"},
                                                    {"DeepSeek-V3", "deepseek-ai/DeepSeek-V3-0324"},
                                                    {"Falcon-H1-1.5B", "tiiuae/Falcon-H1-1.5B-Instruct"},
                                                    {"GLM-4.5-Air", "zai-org/GLM-4.5-Air"},
                                                    {"Gemma-2-9B", "google/gemma-2-9b-it"},
                                                    {"Gemma-3-12B", "google/gemma-3-12b-it"},
                                                    {"Gemma-3-27B", "google/gemma-3-27b-it"},
                                                    {"Gemma-3-4B", "google/gemma-3-4b-it"},
                                                    {"Granite-4.0-H-Tiny", "ibm-granite/granite-4.0-h-tiny"},
                                                    {"LFM2-1.2B", "LiquidAI/LFM2-1.2B"},
                                                    {"LFM2-2.6B", "LiquidAI/LFM2-2.6B"},
                                                    {"LFM2-24B-A2B", "LiquidAI/LFM2-24B-A2B"},
                                                    {"LFM2-350M", "LiquidAI/LFM2-350M"},
                                                    {"LFM2-700M", "LiquidAI/LFM2-700M"},
                                                    {"LFM2-8B-A1B", "LiquidAI/LFM2-8B-A1B"},
                                                    {"LFM2.5-230M", "LiquidAI/LFM2.5-230M"},
                                                    {"LFM2.5-8B-A1B", "LiquidAI/LFM2.5-8B-A1B"},
                                                    {"Llama-3.1-8B", "meta-llama/Llama-3.1-8B-Instruct"},
                                                    {"Llama-3.2-1B", "meta-llama/Llama-3.2-1B-Instruct"},
                                                    {"Llama-3.3-70B", "meta-llama/Llama-3.3-70B-Instruct"},
                                                    {"Mamba2-2.7B", "state-spaces/mamba2-2.7b"},
                                                    {"Mistral-7B-v0.3", "mistralai/Mistral-7B-Instruct-v0.3"},
                                                    {"Mistral-Nemo-12B", "mistralai/Mistral-Nemo-Instruct-2407"},
                                                    {"Mixtral-8x7B", "mistralai/Mixtral-8x7B-Instruct-v0.1"},
                                                    {"Phi-4", "microsoft/phi-4"},
                                                    {"Qwen1.5-72B", "Qwen/Qwen1.5-72B-Chat"},
                                                    {"Qwen2.5-7B", "Qwen/Qwen2.5-7B-Instruct"},
                                                    {"Qwen2.5-72B", "Qwen/Qwen2.5-72B-Instruct"},
                                                    {"Qwen3-0.6B", "Qwen/Qwen3-0.6B"},
                                                    {"Qwen3-30B-A3B", "Qwen/Qwen3-30B-A3B"},
                                                    {"Qwen3-32B", "Qwen/Qwen3-32B"},
                                                    {"Qwen3-8B", "Qwen/Qwen3-8B"},
                                                    {"Qwen3-Next-80B-A3B", "Qwen/Qwen3-Next-80B-A3B-Instruct"},
                                                    {"Qwen3.5-27B", "Qwen/Qwen3.5-27B"},
                                                    {"Qwen3.5-35B-A3B", "Qwen/Qwen3.5-35B-A3B"},
                                                    {"gpt-oss-20b", "openai/gpt-oss-20b"}};

/// Lists of models that the catalogue does not have.
const std::set<std::string> kWithoutRow{"Llama-65B"};

/// One line for each tensor, sorted, so that a difference is readable.
std::vector<std::string> lines_of(const std::vector<Tensor>& list) {
  std::vector<std::string> lines;
  for (const Tensor& tensor : list) {
    std::string line = std::to_string(tensor.layer) + " " + tensor.name;
    for (std::int64_t size : tensor.shape) line.append(" ").append(std::to_string(size));
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> missing_from(const std::vector<std::string>& have, const std::vector<std::string>& wanted) {
  std::vector<std::string> missing;
  std::set_difference(wanted.begin(), wanted.end(), have.begin(), have.end(), std::back_inserter(missing));
  return missing;
}

TEST_CASE("what a model is published in is a form of checkpoints that is known") {
  int published = 0;
  for (const Model& model : test::shipped().models()) {
    if (model.card.published_as.empty()) continue;
    CAPTURE(model.card.id, model.card.published_as);
    const std::vector<CheckpointForm>& forms = test::shipped().checkpoint_forms();
    CHECK(std::any_of(forms.begin(), forms.end(),
                      [&](const CheckpointForm& form) { return form.row.name == model.card.published_as; }));
    ++published;
  }
  CHECK(published >= 9);
}

TEST_CASE("Every list of real tensors has its row") {
  for (const std::string& name : test::tensor_list_names()) {
    INFO(name);
    CHECK(kRowOfList.count(name) + kWithoutRow.count(name) == 1);
  }
}

TEST_CASE("Rows give the tensors of real files") {
  const Catalog catalog;
  for (const auto& [name, id] : kRowOfList) {
    INFO(name);
    const Model& model = catalog.model(id);
    const std::vector<std::string> made = lines_of(tensors(model));
    const std::vector<std::string> real = lines_of(test::read_tensor_list(name).tensors);
    CHECK(missing_from(made, real).empty());
    CHECK(missing_from(real, made).empty());
    CHECK(made.size() == real.size());
  }
}

TEST_CASE("Every row of a model is sound") {
  const Catalog catalog;
  std::set<std::string> ids;
  REQUIRE(catalog.models().size() >= 380);
  for (const Model& model : catalog.models()) {
    INFO(model.card.id);
    CHECK(ids.insert(model.card.id).second);
    CHECK(model.card.id.find('/') != std::string::npos);
    CHECK_FALSE(model.card.name.empty());
    CHECK_FALSE(model.card.publisher.empty());
    CHECK_FALSE(model.card.family.empty());
    CHECK_FALSE(model.card.license.empty());
    CHECK_FALSE(model.card.source.empty());
    CHECK(std::set<std::string>{"high", "medium", "low"}.count(model.card.confidence) == 1);
    CHECK(model.context_train >= Tokens(512));
    CHECK(model.context_limit >= model.context_train);
  }
}

TEST_CASE("Release dates are dates, as far as they are known") {
  const Catalog catalog;
  for (const Model& model : catalog.models()) {
    const std::string& date = model.card.release_date;
    INFO(model.card.id << " " << date);
    REQUIRE((date.size() == 4 || date.size() == 7 || date.size() == 10));
    CHECK(std::stoi(date.substr(0, 4)) >= 2018);
    if (date.size() >= 7) CHECK((std::stoi(date.substr(5, 2)) >= 1 && std::stoi(date.substr(5, 2)) <= 12));
    if (date.size() == 10) CHECK((std::stoi(date.substr(8, 2)) >= 1 && std::stoi(date.substr(8, 2)) <= 31));
  }
}

TEST_CASE("What a file holds besides tensors is 15 to 80 bytes a token") {
  const Catalog catalog;
  for (const Model& model : catalog.models()) {
    INFO(model.card.id);
    REQUIRE(model.file_overhead.has_value());
    CHECK(model.file_overhead->count() > 15 * model.n_vocab);
    CHECK(model.file_overhead->count() < 80 * model.n_vocab);
  }
}

TEST_CASE("Heads divide into groups and sliding layers have a window") {
  const Catalog catalog;
  for (const Model& model : catalog.models()) {
    INFO(model.card.id);
    for (const Block& block : model.blocks) {
      const auto* attention = std::get_if<Attention>(&block.mixer);
      if (attention == nullptr) continue;
      CHECK(attention->n_head % attention->n_head_kv == 0);
      CHECK(attention->sliding == (attention->window > 0));
    }
  }
}

TEST_CASE("The published counts of active weights are met") {
  const Catalog catalog;
  CHECK(active_parameter_count(catalog.model("LiquidAI/LFM2-8B-A1B")) == 1557740992);
  CHECK(active_parameter_count(catalog.model("LiquidAI/LFM2-24B-A2B")) == 2326881920);
  CHECK(active_parameter_count(catalog.model("Qwen/Qwen3-30B-A3B")) == 3353032704);
  CHECK(active_parameter_count(catalog.model("mistralai/Mixtral-8x7B-Instruct-v0.1")) == 12879925248);
}

TEST_CASE("LFM2 says which of its layers attend") {
  const Catalog catalog;
  const Model& model = catalog.model("LiquidAI/LFM2-1.2B");
  CHECK(attention_layer_count(model) == 6);
  CHECK(describe_layers(model) == "16 layers: 10 short-conv, 6 attention");
  CHECK(model.context_train == Tokens(128000));
}

TEST_CASE("Every architecture is built from blocks that exist") {
  const Catalog catalog;
  for (const Architecture& architecture : catalog.architectures()) {
    INFO(architecture.name);
    CHECK_FALSE(architecture.blocks.empty());
    CHECK(catalog.architecture(architecture.name).blocks.size() == architecture.blocks.size());
  }
}

}  // namespace
