#include "core/llamacpp/integrated_gpu.hpp"

#include "catch.hpp"
#include "lfmfit/estimate.hpp"
#include "support/scene.hpp"

namespace lfmfit {

using test::question_about, test::shipped;

namespace {

struct Machine {
  const char* device;
  const char* backend;
  const char* release;
};

MemoryLedger memory_on(const Machine& machine) {
  Question question = question_about("Qwen/Qwen3-8B", machine.device);
  question.backend = &shipped().backend(machine.backend);
  question.request.release = &release_called(machine.release);
  return estimate(question).memory;
}

bool tells_of_copies(const Machine& machine) {
  for (const MemoryTerm& term : memory_on(machine).terms) {
    if (term.use == MemoryUse::kWeights && term.place == kHost) return term.formula.find("copied") != std::string::npos;
  }
  FAIL("no weights in host memory");
  return false;
}

}  // namespace

TEST_CASE("Beside an integrated GPU no file is mapped that its backend does not take, since llama.cpp looks at that") {
  CHECK(tells_of_copies({"dgx-spark", "cuda", "llama.cpp"}));
  CHECK(tells_of_copies({"ryzen-ai-max-395-128gb", "vulkan", "llama.cpp@0.5"}));
  CHECK(tells_of_copies({"core-ultra-7-155h", "vulkan", "llama.cpp"}));
  CHECK_FALSE(tells_of_copies({"core-ultra-7-155h", "sycl", "llama.cpp"}));
  CHECK_FALSE(tells_of_copies({"ryzen-ai-max-395-128gb", "vulkan", "llama.cpp@b9849"}));
  CHECK_FALSE(tells_of_copies({"rtx-4090", "cuda", "llama.cpp"}));
  CHECK_FALSE(tells_of_copies({"apple-mac-studio-m3-ultra-512gb", "metal", "llama.cpp"}));
}

// A log of b10451 on a Radeon 8060S is in tests/truth/public_logs.jsonl.
TEST_CASE("Builds of July and August 2026 let ROCm on an APU use host buffers where they lie, and no others") {
  const auto compute_of = [](const Machine& machine) { return memory_on(machine).sum(MemoryUse::kCompute, kHost); };
  const Bytes looked_up(512 * 4096 * 4);  // the rows that the GPU looks up, then
  const Bytes copied = compute_of({"ryzen-ai-max-395-128gb", "rocm", "llama.cpp@b10039"});
  CHECK(copied - compute_of({"ryzen-ai-max-395-128gb", "rocm", "llama.cpp@b10040"}) == looked_up);
  CHECK(copied - compute_of({"ryzen-ai-max-395-128gb", "rocm", "llama.cpp@b10588"}) == looked_up);
  CHECK(compute_of({"ryzen-ai-max-395-128gb", "rocm", "llama.cpp@0.5"}) == copied);
  const auto is_as_ever = [&](const char* device, const char* backend) {
    return compute_of({device, backend, "llama.cpp@b10588"}) == compute_of({device, backend, "llama.cpp@0.5"});
  };
  CHECK(is_as_ever("ryzen-ai-max-395-128gb", "vulkan"));
  CHECK(is_as_ever("rx-7900-xtx", "rocm"));
  CHECK(is_as_ever("dgx-spark", "cuda"));
}

}  // namespace lfmfit
