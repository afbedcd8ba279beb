#include "catalog/spoken_model.hpp"

#include "catch.hpp"

namespace {

using namespace lfmfit;
using Words = std::vector<std::string>;

TEST_CASE("Hosts, owners, tags and endings of a model's name are taken off") {
  const SpokenModel pasted = read_spoken_model("https://huggingface.co/unsloth/Qwen3-8B-GGUF/tree/main");
  CHECK(pasted.owner == "unsloth");
  CHECK(pasted.name == "Qwen3-8B");
  CHECK(pasted.is_copy);
  const SpokenModel ollama = read_spoken_model("registry.ollama.ai/library/qwen3:8b-instruct");
  CHECK(ollama.owner.empty());
  CHECK(ollama.name == "qwen3");
  CHECK(ollama.tag == "8b-instruct");
  CHECK_FALSE(ollama.is_copy);
  CHECK(read_spoken_model("qwen3:latest").tag.empty());
  const SpokenModel part = read_spoken_model("unsloth/gpt-oss-120b-GGUF/Q8_0/gpt-oss-120b-Q8_0-00001-of-00003.gguf");
  CHECK(part.name == "gpt-oss-120b");
  CHECK(part.quantization == "Q8_0");
  CHECK(part.is_file);
}

TEST_CASE("A quantization in a model's name is found where one can stand") {
  CHECK(read_spoken_model("hf.co/bartowski/Qwen_Qwen3-8B-GGUF:q4_k_m").quantization == "Q4_K_M");
  CHECK(read_spoken_model("unsloth/Qwen3-8B-GGUF:UD-Q4_K_XL").quantization == "UD-Q4_K_XL");
  CHECK(read_spoken_model("qwen3:8b-fp16").quantization == "F16");
  CHECK(read_spoken_model("qwen3:8b-fp16").tag == "8b");
  CHECK(read_spoken_model("google/gemma-3-27b-it-qat-q4_0-gguf").quantization == "Q4_0");
  CHECK(read_spoken_model("google/gemma-3-27b-it-qat-q4_0-gguf").name == "gemma-3-27b-it");
  CHECK(read_spoken_model("Model.i1-IQ2_XXS.gguf").quantization == "IQ2_XXS");
  CHECK(read_spoken_model("gpt-oss-20b-mxfp4.gguf").quantization == "MXFP4_MOE");
  CHECK(read_spoken_model("qwen/qwen3-8b@q4_k_m").quantization == "Q4_K_M");
  CHECK(read_spoken_model("nvidia/Nemotron-30B-BF16").quantization.empty());
  CHECK(read_spoken_model("qwen3-8b:Q9").tag == "Q9");
}

TEST_CASE("What looks like a quantization") {
  for (const char* name : {"Q4_K_M", "q8_0", "IQ4_NL", "TQ1_0", "UD-IQ2_XXS", "BF16", "Q4_0_4_4", "mxfp4"})
    CHECK(looks_like_quantization(name));
  for (const char* name : {"", "Q", "Q4", "Q9x", "8b", "IQ", "Q4_", "Q4_Z", "UD", "latest", "qwen3", "F15"})
    CHECK_FALSE(looks_like_quantization(name));
}

TEST_CASE("How a copy is stored, and where it runs, is told apart from its name") {
  CHECK(read_spoken_model("Qwen/Qwen3-8B-AWQ").form == "AWQ");
  const SpokenModel four_bits = read_spoken_model("unsloth/Qwen3-8B-unsloth-bnb-4bit");
  CHECK(four_bits.name == "Qwen3-8B");
  CHECK_FALSE(four_bits.form.empty());
  CHECK(read_spoken_model("RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic").name == "Llama-3.3-70B-Instruct");
  CHECK(read_spoken_model("kimi-k2:cloud").is_in_cloud);
  CHECK(read_spoken_model("gpt-oss:20b-cloud").tag == "20b");
}

TEST_CASE("A point or a low line between digits is a decimal point") {
  CHECK(name_parts("Llama-3_3-Nemotron-v1.5") == Words{"llama", "3.3", "nemotron", "v1.5"});
  CHECK(name_words("qwen2.5vl") == Words{"qwen", "2.5", "vl"});
  CHECK(name_words("4.0") == name_words("4"));
  CHECK(name_parts("").empty());
}

TEST_CASE("No text is too strange to be taken apart") {
  for (const char* text : {"", "/", "//", ":", "@", "-", ".gguf", ":Q4_K_M", "a/b/c/d/e.gguf", "https://", "x:-cloud",
                           "-GGUF", "Q4_K_M", "Q4_K_M.gguf", "hf.co/", "\xff\xfe", "-00001-of-00003.gguf"}) {
    INFO(text);
    CHECK_NOTHROW(read_spoken_model(text));
  }
}

}  // namespace
