#include "lfmfit/release.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/scene.hpp"

namespace lfmfit {

namespace {

using Catch::Matchers::Contains;

Bytes compute_of(const char* runtime, int place) {
  Question question = test::question_about("LiquidAI/LFM2-1.2B");
  question.request.release = &release_called(runtime);
  return estimate(question).memory.sum(MemoryUse::kCompute, place);
}

}  // namespace

TEST_CASE("A release is called by the program's name and as much of its version as tells it") {
  for (const char* name : {"llama.cpp@0.5", "llama.cpp@0.5.0", "llama.cpp v0.5.0", "llama.cpp 0.5", "llama.cpp@v0.5"})
    CHECK(&release_called(name) == &releases().front());
  CHECK(&release_called("llama.cpp") == &releases().back());
  CHECK(std::string_view(release_called("llama.cpp 0.7.0").name) == "llama.cpp v0.7.0");
}

TEST_CASE("A release that nobody knows is refused, with those that are known") {
  for (const char* name :
       {"llama.cpp@0.55", "llama.cpp@0.8", "llama.cpp@", "llama.cpp 7", "ollama", "", "llama.cpp@0.7.0.1"})
    CHECK_THROWS_WITH(release_called(name), Contains("llama.cpp@0.5.0") && Contains("llama.cpp@0.7.0"));
}

TEST_CASE("The newest release answers where a request names none") {
  CHECK(&release_of(Request{}) == &releases().back());
  Request request;
  request.release = &releases().front();
  CHECK(&release_of(request) == &releases().front());
}

TEST_CASE("The mixed inputs of v0.6.0 take two more rows of embeddings in host memory, and their numbers") {
  const Bytes more = compute_of("llama.cpp@0.6", kHost) - compute_of("llama.cpp@0.5", kHost);
  CHECK(more == Bytes(512 * (8 * 2048 + 12)));
  CHECK(compute_of("llama.cpp@0.7", kHost) == compute_of("llama.cpp@0.6", kHost));
}

}  // namespace lfmfit
