#include "cli/batch_request.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/reader_facts.hpp"
#include "support/scene.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;
using Json = nlohmann::ordered_json;

namespace {

Question read(const char* text) { return cli::read_batch_request(Json::parse(text), test::shipped(), test::models()); }

}  // namespace

TEST_CASE("a model alone asks for the usual scene") {
  const Question question = read(R"({"model": "LiquidAI/LFM2-1.2B"})");
  CHECK(question.quantization->name == "Q4_K_M");
  CHECK(question.backend->name == "cuda");
  CHECK(question.request.context == Tokens(4096));
  CHECK(question.request.batch == 2048);
  CHECK(question.request.ubatch == 512);
  CHECK_FALSE(question.request.outputs);
  CHECK(question.device == nullptr);
}

TEST_CASE("every key reaches the question") {
  const Question question =
      read(R"({"id": 1, "model": "LiquidAI/LFM2-1.2B", "quantization": "Q8_0", "context": 8192, "kv_type_k": "q8_0",
      "kv_type_v": "q4_0", "parallel": 2, "kv_unified": true, "batch": 1024, "ubatch": 256, "flash_attention": "on", "outputs": 7,
      "swa_full": true, "gpu_layers": 3, "cpu_moe": true, "n_cpu_moe": 4, "offload_kqv": false, "op_offload": false,
      "backend": "vulkan", "gpu_count": 2, "device": "rtx-4090", "depth": 100, "available_bytes": 5, "runtime_bytes": 6, "method": "exact"})");
  const Request& request = question.request;
  CHECK(question.quantization->name == "Q8_0");
  CHECK(request.context == Tokens(8192));
  CHECK(question.type_k->name == "q8_0");
  CHECK(question.type_v->name == "q4_0");
  CHECK(request.parallel == 2);
  CHECK(request.kv_unified);
  CHECK(request.batch == 1024);
  CHECK(request.ubatch == 256);
  CHECK(request.flash_attention == FlashAttention::kOn);
  CHECK(request.outputs == 7);
  CHECK(request.swa_full);
  CHECK(request.gpu_layers == 3);
  CHECK(request.cpu_moe);
  CHECK(request.n_cpu_moe == 4);
  CHECK_FALSE(request.offload_kqv);
  CHECK_FALSE(request.op_offload);
  CHECK(question.backend->name == "vulkan");
  CHECK(request.gpu_count == 2);
  CHECK(question.device->id == "rtx-4090");
  CHECK(request.depth == Tokens(100));
  CHECK(question.available == Bytes(5));
  CHECK(question.driver_share == Bytes(6));
}

TEST_CASE("context and outputs take words") {
  CHECK(read(R"({"model": "LiquidAI/LFM2-1.2B", "context": "max"})").request.context == Tokens(128000));
  CHECK(read(R"({"model": "LiquidAI/LFM2-1.2B", "context": "fit"})").longest_context);
  CHECK(read(R"({"model": "LiquidAI/LFM2-1.2B", "outputs": "all"})").request.all_outputs);
}

TEST_CASE("null counts as absent") {
  CHECK(read(R"({"model": "LiquidAI/LFM2-1.2B", "context": null, "device": null})").request.context == Tokens(4096));
}

TEST_CASE("an unknown key is a bad request that names it") {
  CHECK_THROWS_WITH(read(R"({"model": "LiquidAI/LFM2-1.2B", "contxt": 4096})"),
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
    cli::read_batch_request(json, test::shipped(), test::models());
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadRequest);
  }
}

TEST_CASE("a request without a model, or that is no object, is a bad request") {
  CHECK_THROWS_WITH(read(R"({"context": 4096})"), Contains("\"model\" is missing"));
  CHECK_THROWS_AS(read("[]"), Error);
  CHECK_THROWS_AS(read("4096"), Error);
}
