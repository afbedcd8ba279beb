#include "ask/asked_json.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/reader_facts.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;

namespace {

using Json = nlohmann::ordered_json;

Question question_asked(const char* text) {
  return ask::question_of(ask::read_asked(Json::parse(text)), test::finder());
}

}  // namespace

TEST_CASE("a model alone asks for the usual scene") {
  const Question question = question_asked(R"({"model": "LiquidAI/LFM2-1.2B"})");
  CHECK(question.quantization->name == "Q4_K_M");
  CHECK(question.backend->name == "cuda");
  CHECK(question.request.context == Tokens(4096));
  CHECK(question.request.batch == 2048);
  CHECK(question.request.ubatch == 512);
  CHECK_FALSE(question.request.outputs);
  CHECK(question.device == nullptr);
}

TEST_CASE("context and outputs take words") {
  CHECK(question_asked(R"({"model": "LiquidAI/LFM2-1.2B", "context": "max"})").request.context == Tokens(128000));
  CHECK(question_asked(R"({"model": "LiquidAI/LFM2-1.2B", "context": "fit"})").longest_context);
  CHECK(question_asked(R"({"model": "LiquidAI/LFM2-1.2B", "context": "32k"})").request.context == Tokens(32768));
  CHECK(question_asked(R"({"model": "LiquidAI/LFM2-1.2B", "outputs": "all"})").request.all_outputs);
}

TEST_CASE("null counts as absent") {
  CHECK(question_asked(R"({"model": "LiquidAI/LFM2-1.2B", "context": null, "device": null})").request.context ==
        Tokens(4096));
}

TEST_CASE("an unknown key is a bad request that names it") {
  CHECK_THROWS_WITH(question_asked(R"({"model": "LiquidAI/LFM2-1.2B", "contxt": 4096})"),
                    Contains("\"contxt\"") && Contains("context"));
}

TEST_CASE("a value of the wrong type is a bad request that names its key") {
  const auto text = GENERATE(R"({"context": "12q"})", R"({"context": 4096.5})", R"({"context": 1e30})",
                             R"({"context": 18446744073709551615})", R"({"context": [1]})", R"({"context": true})",
                             R"({"outputs": "none"})", R"({"kv_unified": 1})", R"({"batch": "2048"})",
                             R"({"flash_attention": "maybe"})", R"({"gpu_count": -1})", R"({"gpu_count": 1000})",
                             R"({"available_bytes": -1})", R"({"method": "guess"})", R"({"quantization": 4})",
                             R"({"backend": "directx"})", R"({"kv_type_k": "q3_x"})");
  CAPTURE(text);
  Json json = Json::parse(text);
  json["model"] = "LiquidAI/LFM2-1.2B";
  try {
    ask::question_of(ask::read_asked(json), test::finder());
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadRequest);
  }
}

TEST_CASE("a request without a model, or that is no object, is a bad request") {
  CHECK_THROWS_WITH(question_asked(R"({"context": 4096})"), Contains("\"model\" is missing"));
  CHECK_THROWS_AS(question_asked("[]"), Error);
  CHECK_THROWS_AS(question_asked("4096"), Error);
}
