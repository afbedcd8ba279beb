#include "catch.hpp"
#include "lfmfit/release.hpp"
#include "support/scene.hpp"

// --moe-cache-mib: experts of host memory that a GPU keeps a copy of.
namespace {

using namespace lfmfit;

constexpr std::int64_t kMib = 1048576;

Question experts_on_host(std::int64_t layers, std::int64_t cache_mib) {
  Question question = test::question_about("Qwen/Qwen3-30B-A3B");
  question.request.release = &release_called("llama.cpp@0.7");
  question.request.n_cpu_moe = layers;
  question.request.moe_cache_mib = cache_mib;
  return question;
}

MemoryLedger with_cache_memory(const Question& question) { return estimate(question).memory; }

}  // namespace

TEST_CASE("A cache of experts takes what it is given on the GPU, and a table of the experts on the host") {
  const MemoryLedger without = with_cache_memory(experts_on_host(48, 0)),
                     with = with_cache_memory(experts_on_host(48, 1000));
  CHECK(with.total_high(0) - without.total_high(0) == Bytes(1000 * kMib));
  CHECK(with.total(0) - without.total(0) > Bytes(980 * kMib));
  CHECK(with.total(0) < with.total_high(0));
  CHECK(with.total(kHost) - without.total(kHost) == Bytes(std::int64_t{4} * 48 * 128));
  const MemoryLedger few = with_cache_memory(experts_on_host(10, 1000));
  CHECK(few.total(kHost) - with_cache_memory(experts_on_host(10, 0)).total(kHost) == Bytes(std::int64_t{4} * 10 * 128));
}

TEST_CASE("A cache of experts is shared by the GPUs as layers are") {
  Question with = experts_on_host(48, 1000), without = experts_on_host(48, 0);
  with.request.gpu_count = without.request.gpu_count = 2;
  with.request.tensor_split = without.request.tensor_split = {3, 1};
  const MemoryLedger shared = with_cache_memory(with), none = with_cache_memory(without);
  CHECK(shared.total_high(0) - none.total_high(0) == Bytes(750 * kMib));
  CHECK(shared.total_high(1) - none.total_high(1) == Bytes(250 * kMib));
}

TEST_CASE("Without experts on the host, or without a GPU, nothing is cached; an older release has no such cache") {
  CHECK(with_cache_memory(experts_on_host(0, 1000)).total_high(0) ==
        with_cache_memory(experts_on_host(0, 0)).total_high(0));
  Question with = experts_on_host(48, 1000), without = experts_on_host(48, 0);
  with.request.gpu_count = without.request.gpu_count = 0;
  with.backend = without.backend = &test::shipped().backend("cpu");
  CHECK(with_cache_memory(with).total_high(kHost) == with_cache_memory(without).total_high(kHost));
  Question older = experts_on_host(48, 1000);
  older.request.release = &release_called("llama.cpp@0.5");
  CHECK_THROWS_WITH(with_cache_memory(older), Catch::Contains("--moe-cache-mib"));
}
