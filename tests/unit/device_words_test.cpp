#include "ask/device_words.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/scene.hpp"

using namespace lfmfit;
using lfmfit::ask::parse_device;
using test::shipped;

TEST_CASE("a device can be named by its id or its name") {
  CHECK(parse_device("rtx-4090", shipped()).id == "rtx-4090");
  CHECK(parse_device("GeForce RTX 4090", shipped()).id == "rtx-4090");
}

TEST_CASE("several GPUs of a kind are a server of them") {
  const Device pair = parse_device("2x rtx-4090", shipped());
  CHECK(pair.gpus == 2);
  CHECK(pair.device_class == DeviceClass::kServer);
  CHECK(pair.name == "2x GeForce RTX 4090");
  CHECK(pair.usable == shipped().device("rtx-4090").usable);
  CHECK(parse_device("2xrtx-4090", shipped()).gpus == 2);
}

TEST_CASE("how many there are can stand before and behind a name, apart or not") {
  for (const char* text : {"2x3090", "2 x 3090", "2X RTX 3090", "3090 x2", "3090x2", "3090 x 2", "rtx-3090 *2"}) {
    CAPTURE(text);
    CHECK(parse_device(text, shipped()).gpus == 2);
    CHECK(parse_device(text, shipped()).id == "rtx-3090");
  }
}

TEST_CASE("a name that looks like a number of something is a name") {
  CHECK(parse_device("7900xtx", shipped()).id == "rx-7900-xtx");
  CHECK(parse_device("9070 XT", shipped()).gpus == 1);
  CHECK_THROWS_WITH(parse_device("EVO-X2", shipped()), Catch::Matchers::Contains("ryzen-ai-max-395-128gb"));
}

TEST_CASE("a device can be described on the spot") {
  const Device device = parse_device("vram=24GiB,bandwidth=1008,fp16=165TFLOPS,backend=vulkan", shipped());
  CHECK(device.usable == Bytes(25'769'803'776));
  CHECK(device.bandwidth == gb_per_second(1008));
  CHECK(device.fp16 == teraflops(165));
  CHECK(device.backend == "vulkan");
  CHECK(parse_device("vram=24GB", shipped()).usable == Bytes(24'000'000'000));
  CHECK(parse_device("2x vram=24", shipped()).gpus == 2);
}

TEST_CASE("a description that makes no sense is refused") {
  const auto text = GENERATE("vram=", "vram=0", "vram=-3GiB", "vram=nan", "vram=inf", "vram=1e300GiB", "bandwidth=1008",
                             "vram=24GiB,speed=3", "vram=24XB", "vram=24GiB,bandwidth", "vram=24GiB,backend=directx",
                             "0x rtx-4090", "1000x rtx-4090", "2x apple-macbook-air-m1-8gb");
  CAPTURE(text);
  CHECK_THROWS_AS(parse_device(text, shipped()), Error);
}

TEST_CASE("a device that nothing bears is unknown") {
  try {
    parse_device("rtx-4009", shipped());
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUnknownDevice);
    CHECK(std::string(error.what()).find("rtx-4090") != std::string::npos);
  }
}
