// Names of a user's own facts and folders reach the terminal of whoever asks: no command hands on what could steer it.
#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support/program.hpp"
#include "support/temporary_folder.hpp"

namespace {

// an escape sequence, a bell, a C1 control and the override that turns the direction of text, and a tag
const std::string kHostile = "x\x1b[31m\x07\xc2\x85\xe2\x80\xae<b>";
const std::string kInJson = "x\\u001b[31m\\u0007\\u0085\\u202e<b>";

bool steers(const std::string& text) {
  const bool controls = std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
  });
  return controls || text.find("\xc2\x85") != std::string::npos || text.find("\xe2\x80\xae") != std::string::npos;
}

/// A folder of facts with one device, and a folder of one model, all with hostile names.
struct Hostile {
  Hostile() {
    folder.write("facts/devices.json",
                 R"({"devices": [{"id": "mine", "name": ")" + kInJson + R"(", "vendor": ")" + kInJson +
                     R"(", "class": "gpu", "segment": "consumer", "generation": "Ada", "backend": "cuda",
                         "memory_gib": 3, "bandwidth_gb_s": 100, "note": ")" +
                     kInJson + R"(", "source": ")" + kInJson + R"(", "confidence": "low"}]})");
    folder.write(kHostile + "/config.json",
                 R"({"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_size": 1024, "head_dim": 128,
                     "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 8,
                     "vocab_size": 151936, "intermediate_size": 3072, "max_position_embeddings": 40960,
                     "tie_word_embeddings": true})");
    models = {"lfm2-1.2b", "llama-3.1-8b", folder.file(kHostile)};
    facts = folder.file("facts");
  }

  test::TemporaryFolder folder;
  std::vector<std::string> models;
  std::string facts;
};

}  // namespace

TEST_CASE("No command hands on a name that could steer a terminal") {
  const Hostile hostile;
  for (const std::string& model : hostile.models) {
    CHECK(test::lfmfit({"check", model, "--on", "mine", "--data", hostile.facts}).code < 2);
    const std::vector<std::vector<std::string>> questions = {{model, "--on", "mine"},
                                                             {model, "--on", "mine", "--on", "rtx-4090"},
                                                             {model, "--on", "mine", "--verbose"},
                                                             {model, "--on", "mine", "--json"},
                                                             {model, "--on", "mine", "--csv"},
                                                             {model, "--on", "mine", "--markdown"},
                                                             {"check", model, "--on", "mine"},
                                                             {"check", model, "--on", "mine", "--json"},
                                                             {"check", model, "--on", "mine", "--csv"},
                                                             {"explain", model, "--on", "mine"},
                                                             {"plan", model, "--on", "mine"},
                                                             {"plan", model, "--on", "mine", "--json"},
                                                             {"inspect", model},
                                                             {"list", "devices"},
                                                             {"list", "devices", "--csv"},
                                                             {"list", "devices", "--json"},
                                                             {"check", model, "--on", kHostile},
                                                             {"check", model, "--on", "mine", "-q", kHostile},
                                                             {"check", model + kHostile, "--on", "mine"}};
    for (std::vector<std::string> question : questions) {
      question.insert(question.end(), {"--data", hostile.facts});
      CAPTURE(question);
      const test::ProgramRun outcome = test::lfmfit(question);
      CHECK_FALSE(steers(outcome.out));
      CHECK_FALSE(steers(outcome.err));
    }
  }
}
