#include "core/llamacpp/cache_types.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/quantization_data.hpp"

namespace {

using Catch::Matchers::Contains;
using namespace lfmfit;
using test::tensor_type;

Model with_mixer(Mixer mixer) {
  Model model;
  model.blocks.resize(1);
  model.blocks.front().mixer = std::move(mixer);
  return model;
}

Model with_heads_of(std::int64_t size) {
  Attention attention;
  attention.head_dim_k = attention.head_dim_v = size;
  return with_mixer(attention);
}

Request with_flash_attention(FlashAttention setting) {
  Request request;
  request.flash_attention = setting;
  return request;
}

const Request kAny;

TEST_CASE("Quantized values without flash attention are refused") {
  const Model model = with_heads_of(128);
  const Request off = with_flash_attention(FlashAttention::kOff);
  CHECK_THROWS_WITH(require_cache_types(model, off, tensor_type("f16"), tensor_type("q8_0")),
                    Contains("q8_0") && Contains("leave it on"));
  CHECK_NOTHROW(require_cache_types(model, off, tensor_type("q8_0"), tensor_type("f16")));
  CHECK_NOTHROW(require_cache_types(model, kAny, tensor_type("q8_0"), tensor_type("q8_0")));
}

TEST_CASE("A model that reads its values from its keys takes one type for both") {
  LatentAttention latent;
  latent.kv_lora_rank = 512;
  latent.head_dim_rope = 64;
  const Model model = with_mixer(latent);
  CHECK_THROWS_WITH(require_cache_types(model, kAny, tensor_type("q8_0"), tensor_type("f16")),
                    Contains("same type for keys and values"));
  CHECK_NOTHROW(require_cache_types(model, kAny, tensor_type("q8_0"), tensor_type("q8_0")));
  CHECK_NOTHROW(require_cache_types(with_heads_of(128), kAny, tensor_type("q8_0"), tensor_type("f16")));
}

TEST_CASE("A type whose blocks do not divide a head is refused with both numbers") {
  const Model model = with_heads_of(80);
  CHECK_THROWS_WITH(require_cache_types(model, kAny, tensor_type("q8_0"), tensor_type("f16")),
                    Contains("keys") && Contains("32") && Contains("80"));
  CHECK_THROWS_WITH(require_cache_types(model, kAny, tensor_type("f16"), tensor_type("q8_0")), Contains("values"));
  CHECK_NOTHROW(require_cache_types(model, kAny, tensor_type("f16"), tensor_type("f16")));
  CHECK_NOTHROW(require_cache_types(with_mixer(StateSpace{}), kAny, tensor_type("q8_0"), tensor_type("q8_0")));
}

}  // namespace
