#include "ask/token_words.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/scene.hpp"

using namespace lfmfit;
using namespace lfmfit::ask;
using Catch::Matchers::Contains;
using test::shipped;

namespace {

std::int64_t context(const char* text, const char* model = "LiquidAI/LFM2-1.2B-RAG") {
  return parse_context(text, shipped().model(model)).value().count();
}

}  // namespace

TEST_CASE("a context is a number of tokens") {
  CHECK(context("4096") == 4096);
  CHECK(context("1") == 1);
  CHECK(context("999999999") == 999999999);
}

TEST_CASE("k is 1,024, but means the model's own full context where that is near") {
  CHECK(context("32k") == 32768);
  CHECK(context("32K") == 32768);
  CHECK(context("128k") == 128000);
  CHECK(context("128k", "meta-llama/Llama-3.1-8B-Instruct") == 131072);
  CHECK(context("120k") == 122880);
  CHECK(context("129k") == 132096);
  CHECK(context("1m") == 1048576);
}

TEST_CASE("a context can be all that the model can use, or the longest that fits") {
  CHECK(context("max") == 128000);
  CHECK_FALSE(parse_context("fit", shipped().model("LiquidAI/LFM2-1.2B-RAG")));
}

TEST_CASE("a context that is no number of tokens is a bad request that says what to write") {
  const auto text = GENERATE("12q", "0", "-1", "1000000000000000000000000000000", "", "k", "4 096", "1.5k",
                             "9223372036854775807k", "4096kk", "0k");
  CAPTURE(text);
  try {
    parse_context(text, shipped().model("LiquidAI/LFM2-1.2B-RAG"));
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadRequest);
  }
}

TEST_CASE("the messages on contexts name the value") {
  const Model& model = shipped().model("LiquidAI/LFM2-1.2B-RAG");
  CHECK_THROWS_WITH(parse_context("12q", model), Contains("'12q'") && Contains("4096"));
  CHECK_THROWS_WITH(parse_context("0", model), Contains("at least 1 token"));
  CHECK_THROWS_WITH(parse_context("1000000000000000000000000000000", model), Contains("more than"));
}

TEST_CASE("a depth is written like a context, may be 0, and can be all of the context") {
  const Model& model = shipped().model("LiquidAI/LFM2-1.2B-RAG");
  CHECK(parse_depth("0", model, Tokens(4096)) == Tokens(0));
  CHECK(parse_depth("16k", model, Tokens(32768)) == Tokens(16384));
  CHECK(parse_depth("128k", model, Tokens(128000)) == Tokens(128000));
  CHECK(parse_depth("full", model, Tokens(32768)) == Tokens(32768));
  CHECK(parse_depth("max", model, Tokens(32768)) == Tokens(32768));
  CHECK_THROWS_WITH(parse_depth("16q", model, Tokens(4096)), Contains("a depth of '16q'") && Contains("16k"));
  CHECK_THROWS_WITH(parse_depth("-1", model, Tokens(4096)), Contains("at least 0"));
  CHECK_THROWS_WITH(parse_depth("full", model, std::nullopt), Contains("--depth") && Contains("--context"));
}
