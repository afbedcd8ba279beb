#include "lfmfit/release.hpp"

#include <string>
#include <string_view>

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

TEST_CASE("The oldest builds have a wide band for gated delta nets, and no other model or build has") {
  const auto band = [](const char* runtime, const char* model) {
    Question question = test::question_about(model);
    question.backend = &test::shipped().backend("vulkan");
    question.request.context = Tokens(8192);
    question.request.kv_unified = true;
    question.request.release = &release_called(runtime);
    const MemoryLedger memory = estimate(question).memory;
    for (const MemoryTerm& term : memory.terms) {
      if (term.use == MemoryUse::kCompute && term.place == 0) return ByteRange{term.low, term.value, term.high};
    }
    return ByteRange{};
  };
  const ByteRange old = band("llama.cpp@b8179", "Qwen/Qwen3.5-35B-A3B");
  const Bytes planned(517'996'544);  // by b8179 itself
  CHECK(old.low <= planned);
  CHECK(planned <= old.high);
  for (const ByteRange& other :
       {band("llama.cpp@b8700", "Qwen/Qwen3.5-35B-A3B"), band("llama.cpp@b8179", "LFM2-1.2B")}) {
    CHECK(other.high.count() * 5 < other.value.count() * 6);
    CHECK(other.low.count() * 5 > other.value.count() * 4);
  }
}

TEST_CASE("A release is called by the program's name and as much of its version as tells it") {
  for (const char* name : {"llama.cpp@0.5", "llama.cpp@0.5.0", "llama.cpp v0.5.0", "llama.cpp 0.5", "llama.cpp@v0.5"})
    CHECK(std::string_view(release_called(name).version) == "0.5.0");
  CHECK(&release_called("llama.cpp") == &releases().back());
  CHECK(std::string_view(release_called("llama.cpp 0.7.0").name) == "llama.cpp v0.7.0");
}

TEST_CASE("A release that nobody knows is refused, with those that are known") {
  for (const char* name :
       {"llama.cpp@0.55", "llama.cpp@0.8", "llama.cpp@", "llama.cpp 7", "ollama", "", "llama.cpp@0.7.0.1"})
    CHECK_THROWS_WITH(release_called(name), Contains("llama.cpp@0.5.0") && Contains("llama.cpp@0.7.0"));
}

TEST_CASE("The number of a build names the rules that it follows") {
  for (const char* name :
       {"llama.cpp@b11151", "llama.cpp b11151-bd4f514db", "llama.cpp build 10951", "llama.cpp@11401"})
    CHECK(std::string_view(release_called(name).version) == "0.5.0");
  CHECK(std::string_view(release_called("llama.cpp@b11501").version) == "0.6.0");
  CHECK(std::string_view(release_called("llama.cpp b9849").version) == "b9842");
  CHECK(std::string_view(release_called("llama.cpp b10451").version) == "b10588");
  CHECK(&release_called("llama.cpp@b99999") == &releases().back());
  CHECK_THROWS_WITH(release_called("llama.cpp@b7324"), Contains("b8095"));
}

TEST_CASE("Every release is called by its own name and by its first build") {
  for (const Release& release : releases()) {
    CHECK(&release_called(release.name) == &release);
    CHECK(&release_called(std::string("llama.cpp@") + release.version) == &release);
    CHECK(&release_of_build(release.first_build) == &release);
  }
}

TEST_CASE("A context of before June 2026 holds logits for every row, and masks of four bytes") {
  const Bytes more = compute_of("llama.cpp@b9010", 0) - compute_of("llama.cpp@b9842", 0);
  CHECK(more > Bytes(60 << 20));
  CHECK(compute_of("llama.cpp@b9010", kHost) - compute_of("llama.cpp@b9842", kHost) >= Bytes(512 * 4096 * 2));
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
