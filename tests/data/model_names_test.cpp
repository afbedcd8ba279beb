#include <fstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/base/letter_case.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/error.hpp"
#include "support/source_folder.hpp"

namespace {

using namespace lfmfit;
using Catch::Matchers::Contains;

/// The id that `name` finds; "?" where several fit, "-" where none does.
std::string meaning(const Catalog& catalog, const std::string& name) {
  try {
    return catalog.model(name).card.id;
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUnknownModel);
    return std::string(error.what()).rfind("several", 0) == 0 ? "?" : "-";
  }
}

TEST_CASE("Names that people type find the model they mean, or none, or candidates") {
  const Catalog catalog;
  std::ifstream file(test::source_folder() + "/tests/truth/model_names.tsv");
  std::string line;
  std::getline(file, line);
  int names = 0;
  for (; std::getline(file, line); ++names) {
    const std::size_t tab = line.find('\t');
    INFO(line);
    CHECK(meaning(catalog, line.substr(0, tab)) == line.substr(tab + 1));
  }
  CHECK(names > 800);
}

TEST_CASE("Every model is found by its id, and by the names of its copies") {
  const Catalog catalog;
  for (const Model& model : catalog.models()) {
    const std::string id = model.card.id, owner = id.substr(0, id.find('/')), name = id.substr(id.find('/') + 1);
    for (const std::string& wanted : {id, name, "unsloth/" + name + "-GGUF", lower(id), name + "-Q4_K_M.gguf",
                                      "hf.co/bartowski/" + owner + "_" + name + "-GGUF:Q4_K_M"}) {
      INFO(wanted);
      CHECK(meaning(catalog, wanted) == id);
    }
  }
}

TEST_CASE("Who types a name that means something else, or not quite that, is told so") {
  const Catalog catalog;
  const auto note = [&](const char* name) {
    std::string text;
    for (const std::string& line : catalog.named_model(name).notes) text += line;
    return text;
  };
  CHECK(note("Qwen/Qwen3-8B").empty());
  CHECK(note("unsloth/Qwen3-8B-GGUF").empty());
  CHECK_THAT(note("deepseek-r1"), Contains("deepseek-ai/DeepSeek-R1"));
  CHECK_THAT(note("huihui-ai/Qwen3-8B-abliterated"), Contains("fine-tune of Qwen/Qwen3-8B"));
  CHECK_THAT(note("Qwen/Qwen3-8B-AWQ"), Contains("as AWQ"));
  CHECK_THAT(note("kimi-k2:cloud"), Contains("servers"));
  CHECK_THAT(note("Qwen3-8B-Q4_K_M.gguf"), Contains("No file"));
  CHECK(catalog.named_model("unsloth/Qwen3-8B-GGUF:UD-Q4_K_XL").quantization == "UD-Q4_K_XL");
  CHECK(catalog.named_model("qwen3:8b").quantization.empty());
}

TEST_CASE("Long and strange names of models are refused quickly") {
  const Catalog catalog;
  for (const std::string& name :
       {std::string(), std::string(100000, 'a'), std::string(300, '-'),
        std::string("a-b-c-d-e-f-g-h-i-"
                    "j-k-l-m-n-o-p-q-r-s-t-u-v-w-x-y-z-a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-t"),
        std::string(":"), std::string("\xff/\xfe")})
    CHECK(meaning(catalog, name) == "-");
}

}  // namespace
