#include "render/setting_text.hpp"

#include "catch.hpp"

using namespace lfmfit;
using render::setting_options;
using Kind = Setting::Kind;

TEST_CASE("Settings are written as the options that ask for them, of either runtime") {
  CHECK(setting_options({{Kind::kQuantization, 0, "Q3_K_M", "clear loss"}}, "llama.cpp") == "-q Q3_K_M");
  CHECK(setting_options({{Kind::kCacheType, 0, "q8_0"}, {Kind::kContext, 98304}}, "llama.cpp") ==
        "-ctk q8_0 -ctv q8_0 -c 98304");
  CHECK(setting_options({{Kind::kCacheType, 0, "fp8"}, {Kind::kContext, 98304}}, "vllm") ==
        "--kv-cache-dtype fp8 --max-model-len 98304");
  CHECK(setting_options({{Kind::kExpertsOnHost, 14}}, "llama.cpp") == "-ncmoe 14");
  CHECK(setting_options({{Kind::kLayersOnGpu, 20}}, "llama.cpp") == "-ngl 20");
  CHECK(setting_options({{Kind::kHostMemory, 64}}, "llama.cpp") == "--ram 64GiB");
  CHECK(setting_options({{Kind::kDevice, 0, "2x rtx-3060"}}, "llama.cpp") == "--on \"2x rtx-3060\"");
  CHECK(setting_options({{Kind::kDevice, 0, "rtx-3090"}}, "llama.cpp") == "--on rtx-3090");
  CHECK(setting_options({{Kind::kCacheType, 8, "8-bit"}, {Kind::kContext, 98304}}, "mlx") == "--kv-bits 8 -c 98304");
  CHECK(setting_options({{Kind::kRequestsAtOnce, 128}, {Kind::kTokensAStep, 2048}, {Kind::kTensorParallel, 4}},
                        "vllm") == "--max-num-seqs 128 --max-num-batched-tokens 2048 -tp 4");
  CHECK(setting_options({}, "llama.cpp").empty());
}

TEST_CASE("Other hardware is RAM or a device") {
  CHECK(is_hardware(Kind::kHostMemory));
  CHECK(is_hardware(Kind::kDevice));
  CHECK_FALSE(is_hardware(Kind::kContext));
}
