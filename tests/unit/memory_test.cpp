#include "lfmfit/memory.hpp"

#include "catch.hpp"
#include "support/scene.hpp"

namespace {

using namespace lfmfit;
using test::shipped;

void add(MemoryLedger& ledger, int place, std::int64_t low, std::int64_t value, std::int64_t high) {
  ledger.terms.push_back({MemoryUse::kWeights, place, Bytes(value), Bytes(low), Bytes(high), "", ""});
}

TEST_CASE("Totals of a place are the sums of its terms") {
  MemoryLedger ledger;
  add(ledger, 0, 1, 2, 3);
  add(ledger, 0, 10, 20, 30);
  add(ledger, kHost, 100, 200, 300);
  ledger.terms.push_back({MemoryUse::kOutput, 0, Bytes(5), Bytes(5), Bytes(5), "", ""});
  CHECK(ledger.total_low(0) == Bytes(16));
  CHECK(ledger.total(0) == Bytes(27));
  CHECK(ledger.total_high(0) == Bytes(38));
  CHECK(ledger.total(kHost) == Bytes(200));
  CHECK(ledger.sum(MemoryUse::kWeights, 0) == Bytes(22));
  CHECK(ledger.sum(MemoryUse::kOutput, 0) == Bytes(5));
}

TEST_CASE("The tightest place is the GPU with the highest upper bound, whatever its likely value") {
  MemoryLedger ledger;
  ledger.gpu_count = 3;
  add(ledger, kHost, 9000, 9000, 9000);
  add(ledger, 0, 100, 100, 100);
  add(ledger, 1, 10, 20, 300);
  add(ledger, 2, 200, 200, 200);
  CHECK(ledger.tightest_place() == 1);
  add(ledger, 2, 0, 0, 100);
  CHECK(ledger.tightest_place() == 1);  // of equals the first
  add(ledger, 2, 0, 0, 1);
  CHECK(ledger.tightest_place() == 2);
}

TEST_CASE("Without GPUs the host is the tightest place") {
  MemoryLedger ledger;
  ledger.gpu_count = 0;
  add(ledger, kHost, 1, 1, 1);
  CHECK(ledger.tightest_place() == kHost);
}

/// What a model's weights take on the GPU and on the host, with further tensors in its file.
std::pair<Bytes, Bytes> weights_with(const std::vector<Tensor>& further) {
  const Question question = test::question_about("LiquidAI/LFM2-1.2B-RAG");
  std::vector<Tensor> stored = quantize(*question.model, *question.quantization, false);
  stored.insert(stored.end(), further.begin(), further.end());
  const MemoryLedger ledger = estimate(question, stored).memory;
  return {ledger.sum(MemoryUse::kWeights, 0), ledger.sum(MemoryUse::kWeights, kHost)};
}

/// What computing takes on the GPU and on the host.
std::pair<Bytes, Bytes> compute_of(const Question& question) {
  const MemoryLedger ledger = estimate(question).memory;
  return {ledger.sum(MemoryUse::kCompute, 0), ledger.sum(MemoryUse::kCompute, kHost)};
}

TEST_CASE("Wider embeddings take room where they are read") {
  Model model = shipped().model("Qwen/Qwen3-VL-8B-Instruct");
  Question question = test::question_about("Qwen/Qwen3-VL-8B-Instruct");
  question.model = &model;
  const auto wide = compute_of(question);
  model.n_deepstack = 0;
  const auto narrow = compute_of(question);
  // token ids' and images' embeddings, three parts more of each: 512 tokens x 4,096 x 4 B
  CHECK(wide.second - narrow.second >= Bytes(3 * 512 * 4096 * 4));
  CHECK(wide.first >= narrow.first);
}

TEST_CASE("Kimi delta attention keeps three convolutions and a matrix for each head, latent attention the cache") {
  const MemoryLedger ledger = estimate(test::question_about("moonshotai/Kimi-Linear-48B-A3B-Instruct")).memory;
  CHECK(ledger.sum(MemoryUse::kState, 0) == Bytes(20LL * (3 * 3 * 4096 + 32 * 128 * 128) * 4));
  CHECK(ledger.sum(MemoryUse::kKvCache, 0) == Bytes(7LL * 4096 * 576 * 2));
}

TEST_CASE("Layers that share an indexer keep no keys for one") {
  const auto cache = [](const char* id) {
    return estimate(test::question_about(id)).memory.sum(MemoryUse::kKvCache, 0).count();
  };
  // 4,096 cells of 128 F16 in 57 layers
  CHECK(cache("zai-org/GLM-5") - cache("zai-org/GLM-5.2") == 57LL * 4096 * 128 * 2);
}

TEST_CASE("Tensors of layers behind the last are not loaded") {
  const int layers = static_cast<int>(shipped().model("LiquidAI/LFM2-1.2B-RAG").blocks.size());
  const Tensor matrix{"nextn.eh_proj.weight", layers, {1024, 1024, 1, 1}, &shipped().tensor_type("f16")};
  Tensor expert = matrix;
  expert.name = "ffn_up_exps.weight";
  expert.layer = layers + 1;
  CHECK(weights_with({matrix, expert}) == weights_with({}));
  Tensor loaded = matrix;
  loaded.layer = layers - 1;
  CHECK(weights_with({loaded}).first == weights_with({}).first + Bytes(2 * 1024 * 1024));
}

TEST_CASE("Every tensor is padded as the backend asks") {
  Backend backend;
  backend.traits.alignment = 128;
  const Tensor norm{"norm.weight", 0, {100, 1, 1, 1}, &shipped().tensor_type("f32")};
  const Tensor rows{"matrix.weight", 0, {96, 10, 1, 1}, &shipped().tensor_type("q8_0")};
  CHECK(buffer_bytes({norm, norm}, backend) == Bytes(2 * 512));
  CHECK(buffer_bytes({rows}, backend) == Bytes(1024));  // 1,020
  backend.traits.row_padding = 512;
  CHECK(buffer_bytes({rows}, backend) == Bytes(1536));  // 1,020 and 13 blocks of 34
  backend.is_cpu = true;
  CHECK(buffer_bytes({norm, rows}, backend) == Bytes(416 + 1024));  // multiples of 32, rows as they are
}

TEST_CASE("The output buffer holds an embedding beside the logits, and grows with the first full batch") {
  Question question = test::question_about("BAAI/bge-m3");
  const auto output = [&] {
    const Estimate answer = estimate(question);
    for (const MemoryTerm& term : answer.memory.terms) {
      if (term.use == MemoryUse::kOutput) return term;
    }
    return MemoryTerm{};
  };
  CHECK(output().value == Bytes(4 * 250002));  // an encoder has no logits, and room for them all the same
  CHECK(output().high == output().value);
  question.request.embeddings = true;
  CHECK(output().value == Bytes(4 * (250002 + 1024)));
  CHECK(output().high == Bytes(4 * 512 * (250002 + 1024)));
}

}  // namespace
