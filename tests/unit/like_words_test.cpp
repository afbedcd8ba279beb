#include "ask/like_words.hpp"

#include "ask/asked_json.hpp"
#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/reader_facts.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;

namespace {

using Json = nlohmann::ordered_json;

Asked asked_like(const char* like, Json request = Json::object()) {
  request["model"] = request.value("model", "openai/gpt-oss-20b");
  request["like"] = like;
  return ask::read_asked(request);
}

Question ollama(Json request, const EnvironmentVariables& variables = {}) {
  return ask::question_of(ask::with_environment(asked_like("ollama", std::move(request)), variables), test::finder());
}

}  // namespace

TEST_CASE("Ollama chooses a context by the memory of all GPUs, for each slot") {
  CHECK(ollama({{"device", "rtx-3060-12gb"}}).request.context == Tokens(4096));
  CHECK(ollama({{"device", "rtx-4090"}}).request.context == Tokens(32768));
  CHECK(ollama({{"device", "2x rtx-3060-12gb"}}).request.context == Tokens(32768));
  CHECK(ollama({{"device", "2x rtx-4090"}}).request.context == Tokens(131072));  // all that the model has
  const Question two = ollama({{"device", "rtx-4090"}}, {{"OLLAMA_NUM_PARALLEL", "2"}});
  CHECK(two.request.context == Tokens(65536));
  CHECK(two.request.parallel == 2);
  CHECK_FALSE(two.request.kv_unified);
  CHECK(ollama({{"device", "rtx-4090"}, {"context", 8192}}).request.context == Tokens(8192));
}

TEST_CASE("Ollama's cache has as many cells as it said it had") {
  // two slots of 131,072 tokens in batches of 1,024: 9,216 MiB, and 90 MiB of windows
  const Estimate answer = estimate(ollama({{"model", "openai/gpt-oss-120b"},
                                           {"device", "h100-sxm"},
                                           {"backend", "cuda"},
                                           {"parallel", 2},
                                           {"batch", 1024},
                                           {"ubatch", 1024},
                                           {"gpu_layers", -1},
                                           {"context_each", 131072}}));
  CHECK(answer.memory.sum(MemoryUse::kKvCache, 0) == Bytes((9216LL + 90) << 20));
}

TEST_CASE("what Ollama reads from the environment is taken where nothing else was asked for") {
  const EnvironmentVariables variables = {{"OLLAMA_CONTEXT_LENGTH", "16384"},
                                          {"OLLAMA_KV_CACHE_TYPE", "q8_0"},
                                          {"OLLAMA_FLASH_ATTENTION", "1"},
                                          {"OLLAMA_NUM_PARALLEL", "3"}};
  const Question question = ollama({{"device", "rtx-4090"}}, variables);
  CHECK(question.request.context == Tokens(3 * 16384));
  CHECK(question.cache.k->name == "q8_0");
  CHECK(question.cache.v->name == "q8_0");
  CHECK(question.request.flash_attention == FlashAttention::kOn);
  CHECK(question.request.placing == Placing::kAutomatic);
  REQUIRE_FALSE(question.notes.empty());
  CHECK_THAT(question.notes.back(), Contains("Ollama"));
  const Question other =
      ollama({{"device", "rtx-4090"}, {"context", "8k"}, {"kv_type_k", "f16"}, {"parallel", 2}}, variables);
  CHECK(other.request.context == Tokens(8192));
  CHECK(other.request.parallel == 2);
  CHECK(other.cache.k->name == "f16");
  CHECK_THROWS_WITH(ollama({{"device", "rtx-4090"}}, {{"OLLAMA_NUM_PARALLEL", "many"}}),
                    Contains("OLLAMA_NUM_PARALLEL"));
  Asked asked;
  CHECK_FALSE(ask::with_environment(asked, variables).kv_type_k);  // nobody spoke of Ollama
}

TEST_CASE("a program that is not known names those that are") {
  CHECK_THROWS_WITH(ask::question_of(asked_like("lmstudio"), test::finder()), Contains("server") && Contains("ollama"));
  CHECK(ask::question_of(asked_like("server"), test::finder()).request.parallel == 4);
}
