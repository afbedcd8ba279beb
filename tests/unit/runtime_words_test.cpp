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
  CHECK_THROWS_WITH(ask::parse_runtime("sglang"), Contains("vllm"));
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
  asked.request.cpu_moe = true;
  CHECK_THROWS_WITH(ask::require_fields_of("vllm", asked), Contains("cpu_moe"));
}

TEST_CASE("every field is one runtime's or every one's, and what stands for it is a field of the other") {
  int shared = 0, of_vllm = 0;
  for_each_field(Asked{}, [&](const char* name, const auto&) {
    const char* owner = runtime_of_field(name);
    shared += owner == nullptr ? 1 : 0;
    of_vllm += owner != nullptr && std::string_view(owner) == "vllm" ? 1 : 0;
  });
  CHECK(shared == 8);
  CHECK(of_vllm == 16);
}
