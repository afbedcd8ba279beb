#include "render/setting_text.hpp"

#include "catch.hpp"

using namespace lfmfit;
using render::setting_options;
using Kind = Setting::Kind;

TEST_CASE("Settings are written as the options that ask for them, of either runtime") {
  CHECK(setting_options({{Kind::kQuantization, 0, "Q3_K_M", "clear loss"}}, false) == "-q Q3_K_M");
  CHECK(setting_options({{Kind::kCacheType, 0, "q8_0"}, {Kind::kContext, 98304}}, false) ==
        "-ctk q8_0 -ctv q8_0 -c 98304");
  CHECK(setting_options({{Kind::kCacheType, 0, "fp8"}, {Kind::kContext, 98304}}, true) ==
        "--kv-cache-dtype fp8 --max-model-len 98304");
  CHECK(setting_options({{Kind::kExpertsOnHost, 14}}, false) == "-ncmoe 14");
  CHECK(setting_options({{Kind::kLayersOnGpu, 20}}, false) == "-ngl 20");
  CHECK(setting_options({{Kind::kHostMemory, 64}}, false) == "--ram 64GiB");
  CHECK(setting_options({{Kind::kDevice, 0, "2x rtx-3060"}}, false) == "--on \"2x rtx-3060\"");
  CHECK(setting_options({{Kind::kDevice, 0, "rtx-3090"}}, false) == "--on rtx-3090");
  CHECK(setting_options({}, false).empty());
}

TEST_CASE("Other hardware is RAM or a device") {
  CHECK(is_hardware(Kind::kHostMemory));
  CHECK(is_hardware(Kind::kDevice));
  CHECK_FALSE(is_hardware(Kind::kContext));
}
