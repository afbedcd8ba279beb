#include "ask/machine_words.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/scene.hpp"

using namespace lfmfit;
using ask::parse_machine;
using test::shipped;

TEST_CASE("a machine may have GPUs that differ") {
  const Device machine = parse_machine("2x rtx-3090 + rtx-3060", shipped());
  CHECK(machine.gpus == 3);
  REQUIRE(machine.parts.size() == 3);
  CHECK(machine.parts[1].id == "rtx-3090");
  CHECK(machine.parts[2].id == "rtx-3060-12gb");
  CHECK(machine.name == "2x GeForce RTX 3090 + GeForce RTX 3060 12GB");
  CHECK(gpu_of(machine, 2).usable == shipped().device("rtx-3060").usable);
}

TEST_CASE("GPUs of one kind are one machine without parts") {
  CHECK(parse_machine("2x rtx-3090", shipped()).parts.empty());
  CHECK(parse_machine("rtx-4090", shipped()).gpus == 1);
}

TEST_CASE("RAM beside a card can be said, before or behind other figures") {
  const Bytes ram = *parse_machine("rtx-4060-laptop, ram=32GiB", shipped()).host_memory;
  CHECK(ram > Bytes(28'000'000'000));
  CHECK(ram <= Bytes(34'359'738'368));
  CHECK(parse_machine("vram=8GiB,ram=32GiB,bandwidth=256", shipped()).host_memory.has_value());
  CHECK(parse_machine("vram=8GiB,bandwidth=256", shipped()).memory == Bytes(8'589'934'592));
  CHECK_FALSE(parse_machine("rtx-4090", shipped()).host_memory.has_value());
}

TEST_CASE("machines that cannot be are refused") {
  const auto text = GENERATE("rtx-4090 + rx-7900-xtx", "rtx-4090 + apple-macbook-air-m1-8gb", "rtx-4090 + nothing",
                             "apple-macbook-air-m1-8gb, ram=32GiB", "rtx-4090, ram=x", "40x rtx-4090 + 40x rtx-3090");
  CAPTURE(text);
  CHECK_THROWS_AS(parse_machine(text, shipped()), Error);
}
