#include "ask/runtime_words.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;

TEST_CASE("a runtime is named with or without a version") {
  CHECK(ask::parse_runtime({}).name == "llama.cpp");
  CHECK(ask::parse_runtime("vllm").name == "vllm");
  CHECK(ask::parse_runtime("vLLM@0.30").version == "0.30");
  CHECK(ask::parse_runtime("vllm v0.28").version == "0.28");
  CHECK(ask::parse_runtime("llama.cpp").name == "llama.cpp");
  CHECK(ask::parse_runtime("MLX").name == "mlx");
  CHECK(ask::parse_runtime("mlx@2026-08").version == "2026-08");
  CHECK_THROWS_WITH(ask::parse_runtime("sglang"), Contains("vllm") && Contains("mlx"));
}

TEST_CASE("options of the other runtime are an error that names what stands for them") {
  Asked asked;
  asked.context = NumberOrWord(std::int64_t{4096});
  CHECK_THROWS_WITH(ask::require_fields_of("vllm", asked), Contains("max_model_len"));
  CHECK_NOTHROW(ask::require_fields_of("llama.cpp", asked));
  asked = {};
  asked.vllm.max_num_seqs = 4;
  CHECK_THROWS_WITH(ask::require_fields_of("llama.cpp", asked), Contains("parallel") && Contains("vLLM"));
  CHECK_NOTHROW(ask::require_fields_of("vllm", asked));
  asked = {};
  asked.mlx.kv_bits = 8;
  CHECK_THROWS_WITH(ask::require_fields_of("vllm", asked), Contains("MLX") && Contains("kv_cache_dtype"));
  CHECK_THROWS_WITH(ask::require_fields_of("llama.cpp", asked), Contains("kv_type_k"));
  CHECK_NOTHROW(ask::require_fields_of("mlx", asked));
  asked = {};
  asked.kv_type_k = "q8_0";
  CHECK_THROWS_WITH(ask::require_fields_of("mlx", asked), Contains("kv_bits") && Contains("--kv-bits"));
  asked = {};
  asked.context = NumberOrWord(std::int64_t{4096});  // llama.cpp's, but MLX takes it too
  CHECK_NOTHROW(ask::require_fields_of("mlx", asked));
  asked = {};
  asked.request.cpu_moe = true;
  CHECK_THROWS_WITH(ask::require_fields_of("vllm", asked), Contains("cpu_moe"));
}

TEST_CASE("every field is one runtime's or every one's, and what stands for it is a field of the other") {
  int shared = 0, of_vllm = 0, of_mlx = 0;
  for_each_field(Asked{}, [&](const char* name, const auto&) {
    const char* owner = runtime_of_field(name);
    shared += owner == nullptr ? 1 : 0;
    of_vllm += owner != nullptr && std::string_view(owner) == "vllm" ? 1 : 0;
    of_mlx += owner != nullptr && std::string_view(owner) == "mlx" ? 1 : 0;
  });
  CHECK(shared == 8);
  CHECK(of_vllm == 16);
  CHECK(of_mlx == 5);
}
