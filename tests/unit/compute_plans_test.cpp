#include "core/llamacpp/compute_plans.hpp"

#include "catch.hpp"
#include "support/scene.hpp"

namespace lfmfit {

using test::question_about, test::shipped;

namespace {

const std::vector<std::string> kModels = {"LiquidAI/LFM2-1.2B", "openai/gpt-oss-20b", "deepseek-ai/DeepSeek-V2-Lite"};

/// What was planned, and for how many times it had to be.
class Counted {
 public:
  Counted() : question_(question_about("LiquidAI/LFM2-1.2B")) {}

  void ask(const char* quantization, const char* backend = "cuda") {
    question_.backend = &shipped().backend(backend);
    question_.quantization = &shipped().quantization(quantization);
    const std::vector<Tensor> stored = stored_tensors(question_);
    const MemoryContext context{*question_.backend, *question_.cache.k, *question_.cache.v, devices};
    plans_.of(*question_.model, stored, question_.request, context, [this] {
      ++planned;
      return ComputeBuffers{{}, Bytes(0), true, goes_by_sizes};
    });
  }

  int planned = 0;
  bool goes_by_sizes = false;
  std::vector<const Device*> devices;
  Request& request() { return question_.request; }

 private:
  Question question_;
  ComputePlans plans_;
};

std::vector<Bytes> compute_of(const MemoryLedger& memory) {
  std::vector<Bytes> bytes{memory.sum(MemoryUse::kCompute, kHost)};
  for (int gpu = 0; gpu < memory.gpu_count; ++gpu) bytes.push_back(memory.sum(MemoryUse::kCompute, gpu));
  return bytes;
}

std::vector<Request> requests_of(const Model& model) {
  Request whole, short_batch, partly, on_two;
  short_batch.ubatch = 64;
  partly.gpu_layers = std::ssize(model.blocks) / 2;
  on_two.gpu_count = 2;
  return {whole, short_batch, partly, on_two};
}

}  // namespace

TEST_CASE("Compute buffers that are known are those that a re-play finds, on every backend and at every quantization") {
  for (const std::string& name : kModels) {
    Question question = question_about(name);
    const std::vector<Request> requests = requests_of(*question.model);
    const std::shared_ptr<ComputePlans> plans = new_compute_plans();
    for (const char* quantization : {"Q4_K_M", "F16", "Q8_0", "Q2_K"}) {
      question.quantization = &shipped().quantization(quantization);
      const std::vector<Tensor> stored = stored_tensors(question);
      for (const Backend& backend : shipped().backends()) {
        question.backend = &backend;
        for (const Request& request : requests) {
          if (backend.is_cpu && request.gpu_count > 1) continue;
          question.request = request;
          question.plans = nullptr;
          const MemoryLedger anew = law_of(question).memory(question, stored);
          question.plans = plans;
          INFO(name << " " << quantization << " on " << backend.name << ", " << request.gpu_layers << " layers");
          CHECK(compute_of(law_of(question).memory(question, stored)) == compute_of(anew));
        }
      }
    }
  }
}

TEST_CASE("Quantizations whose sizes change nothing share one plan; floats have their own") {
  Counted counted;
  for (const char* quantization : {"Q4_K_M", "Q8_0", "Q2_K", "Q4_K_M"}) counted.ask(quantization);
  CHECK(counted.planned == 1);
  for (const char* quantization : {"F16", "BF16", "F16"}) counted.ask(quantization);
  CHECK(counted.planned == 3);
}

TEST_CASE("Backends that differ in their band and name alone share plans") {
  Counted counted;
  counted.ask("Q4_K_M", "cuda");
  counted.ask("Q4_K_M", "rocm");
  CHECK(counted.planned == 1);
  counted.ask("Q4_K_M", "sycl");
  CHECK(counted.planned == 2);
  counted.ask("Q4_K_M", "cuda");
  CHECK(counted.planned == 2);
  Counted other_way_round;
  other_way_round.ask("Q4_K_M", "rocm");
  other_way_round.ask("Q4_K_M", "cuda");
  CHECK(other_way_round.planned == 1);
}

TEST_CASE("An integrated GPU that reads host buffers has a plan of its own") {
  Counted counted;
  counted.ask("Q4_K_M", "rocm");
  counted.devices = {&shipped().device("ryzen-ai-max-395-128gb")};
  counted.ask("Q4_K_M", "rocm");
  CHECK(counted.planned == 1);
  counted.request().release = &release_of_build(10451);
  counted.ask("Q4_K_M", "rocm");
  CHECK(counted.planned == 2);
  counted.devices = {&shipped().device("rx-7900-xtx")};
  counted.ask("Q4_K_M", "rocm");
  counted.ask("Q4_K_M", "cuda");
  CHECK(counted.planned == 3);
}

TEST_CASE("Where sizes count, each quantization has a plan of its own, worked out once") {
  Counted counted;
  counted.goes_by_sizes = true;
  for (const char* quantization : {"Q4_K_M", "Q8_0", "Q4_K_M", "Q8_0"}) counted.ask(quantization);
  CHECK(counted.planned == 2);
}

TEST_CASE("A plan counts for the settings that it was made for, and for what no graph goes by") {
  Counted counted;
  counted.ask("Q4_K_M");
  counted.request().mmap = false;
  counted.request().depth = Tokens(100);
  counted.ask("Q4_K_M");
  CHECK(counted.planned == 1);
  counted.request().ubatch = 64;
  counted.ask("Q4_K_M");
  CHECK(counted.planned == 2);
  counted.request().op_offload = false;
  counted.ask("Q4_K_M");
  CHECK(counted.planned == 3);
}

}  // namespace lfmfit
