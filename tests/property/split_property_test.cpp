#include <map>

#include "catch.hpp"
#include "core/llamacpp/placed_tensor.hpp"
#include "lfmfit/memory.hpp"
#include "support/scene.hpp"

namespace lfmfit {

namespace {

const std::vector<std::vector<Bytes>> kMachines = {
    {Bytes(24), Bytes(24)}, {Bytes(24), Bytes(12)}, {Bytes(8), Bytes(80)}, {Bytes(16), Bytes(16), Bytes(24), Bytes(6)}};

Request request_for(std::int64_t gpus) {
  Request request;
  request.context = Tokens(2048);
  request.gpu_count = gpus;
  return request;
}

MemoryLedger memory(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                    const std::vector<Bytes>& free) {
  const TensorType& f16 = test::shipped().tensor_type("f16");
  MemoryContext context{test::shipped().backend("cuda"), f16, f16};
  context.free = free;
  return estimate_memory(model, tensors, request, context);
}

Bytes kept(const MemoryLedger& ledger, int gpu) {
  return ledger.sum(MemoryUse::kWeights, gpu) + ledger.sum(MemoryUse::kKvCache, gpu) +
         ledger.sum(MemoryUse::kState, gpu);
}

Bytes fullest(const MemoryLedger& ledger) {
  Bytes most;
  for (int gpu = 0; gpu < ledger.gpu_count; ++gpu) most = std::max(most, kept(ledger, gpu));
  return most;
}

}  // namespace

TEST_CASE("every weight lies in one place, whatever GPUs there are, but for tied embeddings and rotation factors") {
  for (const char* id : {"LiquidAI/LFM2-8B-A1B", "meta-llama/Llama-3.1-8B-Instruct", "google/gemma-3-12b-it"}) {
    const Model& model = test::shipped().model(id);
    const std::vector<Tensor> all = tensors(model);
    for (const std::vector<Bytes>& free : kMachines) {
      const Placement placement = place_layers(model, request_for(static_cast<std::int64_t>(free.size())), false, free);
      std::map<const Tensor*, int> copies;
      for (const PlacedTensor& placed : place_tensors(model, all, placement)) {
        CAPTURE(id, placed.tensor->name, placed.place);
        CHECK((placed.place >= 0 && placed.place <= placement.host()));
        if (placed.use != TensorUse::kInput && placed.use != TensorUse::kConstant) ++copies[placed.tensor];
      }
      for (const auto& [tensor, count] : copies) CHECK(count == 1);
    }
  }
}

TEST_CASE("GPUs hold together what one would hold, and none of several more than one alone") {
  for (const char* id : {"LiquidAI/LFM2-8B-A1B", "Qwen/Qwen3-8B", "google/gemma-3-12b-it", "openai/gpt-oss-20b"}) {
    const Model& model = test::shipped().model(id);
    const std::vector<Tensor> tensors = quantize(model, test::shipped().quantization("Q4_K_M"));
    const Bytes alone = kept(memory(model, tensors, request_for(1), {}), 0);
    for (const std::vector<Bytes>& free : kMachines) {
      for (const SplitMode mode : {SplitMode::kLayer, SplitMode::kRow, SplitMode::kNone}) {
        Request request = request_for(static_cast<std::int64_t>(free.size()));
        request.split_mode = mode;
        const MemoryLedger ledger = memory(model, tensors, request, free);
        CAPTURE(id, free.size(), static_cast<int>(mode));
        Bytes together;
        for (int gpu = 0; gpu < ledger.gpu_count; ++gpu) together += kept(ledger, gpu);
        const double more = static_cast<double>(together.count()) / static_cast<double>(alone.count());
        CHECK(more == Approx(1).epsilon(1e-4));  // the padding of pieces
        CHECK(fullest(ledger) <= together);
      }
    }
  }
}

TEST_CASE("more GPUs that are alike never need more on the fullest one") {
  for (const char* id : {"LiquidAI/LFM2-8B-A1B", "Qwen/Qwen3-8B", "openai/gpt-oss-20b"}) {
    const Model& model = test::shipped().model(id);
    const std::vector<Tensor> tensors = quantize(model, test::shipped().quantization("Q4_K_M"));
    for (const SplitMode mode : {SplitMode::kLayer, SplitMode::kRow, SplitMode::kTensor}) {
      Bytes before = kept(memory(model, tensors, request_for(1), {}), 0);
      for (const int gpus : {2, 4, 8}) {
        Request request = request_for(gpus);
        request.split_mode = mode;
        const Bytes now = fullest(memory(model, tensors, request, {}));
        CAPTURE(id, gpus, static_cast<int>(mode));
        CHECK(now <= before);
        before = now;
      }
    }
  }
}

}  // namespace lfmfit
