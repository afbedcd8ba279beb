#include "ask/quantization_words.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/scene.hpp"

namespace {

using Catch::Matchers::Contains;
using namespace lfmfit;
using test::shipped;

Quantization mix(const std::string& words, const std::string& model = "Qwen/Qwen3-8B") {
  return ask::mixed_quantization(shipped(), words, shipped().model(model));
}

std::string type_in(const std::vector<Tensor>& tensors, const std::string& name) {
  for (const Tensor& tensor : tensors) {
    if (tensor.name == name) return tensor.stored->name;
  }
  return "";
}

TEST_CASE("A mix is meant with its publisher's name or without it, case aside") {
  CHECK(mix("UD-Q4_K_XL").name == "unsloth:UD-Q4_K_XL");
  CHECK(mix("Unsloth:ud-q4_k_xl").name == "unsloth:UD-Q4_K_XL");
  CHECK(mix("Q4_K_L").name == "bartowski:Q4_K_L");
  CHECK(mix("lmstudio-community:UD-Q4_K_XL").name == "unsloth:UD-Q4_K_XL");
}

TEST_CASE("Publishers who give one name to different mixes are told apart") {
  const Model& model = shipped().model("Qwen/Qwen3-8B");
  CHECK(type_in(quantize(model, mix("bartowski:Q2_K_L")), "token_embd.weight") == "q8_0");
  CHECK(type_in(quantize(model, mix("unsloth:Q2_K_L")), "token_embd.weight") == "q4_k");
  const Quantization either = mix("Q2_K_L");
  const double bartowski = static_cast<double>(total_bytes(quantize(model, mix("bartowski:Q2_K_L"))).count());
  CHECK(static_cast<double>(total_bytes(quantize(model, either)).count()) * either.high > bartowski);
}

TEST_CASE("A publisher's plain file type is llama-quantize's, with an importance matrix where that publisher has one") {
  CHECK(mix("bartowski:IQ4_XS").importance_matrix);
  CHECK(mix("bartowski:IQ4_XS").low == 1);
  CHECK(mix("i1-IQ4_XS").name == "mradermacher:IQ4_XS");
  CHECK(mix("i1-IQ4_XS").importance_matrix);
  CHECK_FALSE(mix("ggml-org:Q4_0").importance_matrix);
  CHECK_FALSE(shipped().quantization("IQ4_XS").importance_matrix);
}

TEST_CASE("Files of models that are published in MXFP4 keep it, whoever made them") {
  const Model& model = shipped().model("openai/gpt-oss-20b");
  for (const char* words : {"unsloth:Q4_K_M", "lmstudio-community:Q8_0", "unsloth:F16", "unsloth:UD-Q4_K_XL"}) {
    INFO(words);
    CHECK(type_in(quantize(model, mix(words, "openai/gpt-oss-20b")), "ffn_up_exps.weight") == "mxfp4");
  }
}

TEST_CASE("What nobody publishes is refused with the near names and the nearest plain file type") {
  CHECK_THROWS_WITH(mix("unslot:Q4_K_M"), Contains("did you mean unsloth?"));
  CHECK_THROWS_WITH(mix("unsloth:UD-Q4_K_XXL"), Contains("UD-Q4_K_XL") && Contains("plain file type is Q4_K_"));
  CHECK_THROWS_WITH(mix("Q4_K_N"), Contains("there is no quantization \"Q4_K_N\"") && Contains("did you mean"));
  CHECK_THROWS_WITH(mix("UD-TQ1_0"), Contains("for models of this kind; the nearest plain file type is TQ1_0"));
  CHECK_THROWS_WITH(mix("unsloth:"), Contains("unsloth"));
  CHECK_THROWS_AS(mix(":"), Error);
  CHECK_THROWS_AS(mix(std::string(5000, 'x')), Error);
}

TEST_CASE("In a repository of somebody who publishes no mixes a tag is a plain file type") {
  const auto words = [](const char* repository) { return ask::quantization_in(shipped(), repository, "Q2_K_L"); };
  CHECK(words("unsloth/Qwen3-8B-GGUF") == "unsloth:Q2_K_L");
  CHECK(words("https://huggingface.co/Unsloth/Qwen3-8B-GGUF:Q2_K_L") == "unsloth:Q2_K_L");
  CHECK(words("somebody/Qwen3-8B-GGUF") == "Q2_K_L");
  CHECK(words("Qwen3-8B-GGUF") == "Q2_K_L");
}

}  // namespace
