#include "ask/local_machine.hpp"

#include "ask/machine_words.hpp"
#include "ask/question.hpp"
#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/machine.hpp"
#include "support/scene.hpp"

namespace {

using Catch::Matchers::Contains;
using namespace lfmfit;
using namespace lfmfit::literals;
using ask::MemoryCount;
using test::RecordedMachine;
using test::StubDriver;

LocalMachine machine_of(const MachineSources& sources, MemoryCount count = MemoryCount::kFree) {
  return ask::LocalFinder(test::shipped(), sources).find(count);
}

LocalMachine nvidia(const char* scene, MemoryCount count = MemoryCount::kFree) {
  const StubDriver driver(scene);
  return machine_of(RecordedMachine().sources(StubDriver::path()), count);
}

std::string all_notes(const LocalMachine& machine) {
  std::string text;
  for (const std::string& note : machine.notes) text += note + "\n";
  return text;
}

/// A machine whose only GPU is amdgpu's at 0000:03:00.0.
LocalMachine amd(const char* device, const char* revision, std::int64_t own_mib, std::int64_t mapped_mib,
                 const std::string& processor = "") {
  const RecordedMachine machine;
  machine.add_card("0000:03:00.0", "0x1002", device, revision, "amdgpu");
  const std::string card = "/sys/bus/pci/devices/0000:03:00.0/";
  machine.write(card + "mem_info_vram_total", std::to_string(own_mib << 20));
  machine.write(card + "mem_info_vram_used", std::to_string(100 << 20));
  machine.write(card + "mem_info_gtt_total", std::to_string(mapped_mib << 20));
  machine.write(card + "mem_info_gtt_used", std::to_string(50 << 20));
  if (!processor.empty()) machine.write("/proc/meminfo", "MemTotal: 65011712 kB\nMemAvailable: 50331648 kB\n");
  if (!processor.empty())
    machine.write("/proc/cpuinfo", "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: " + processor + "\n");
  return machine_of(machine.sources());
}

TEST_CASE("a card is the one of the catalogue, with the memory that is free of it now") {
  const LocalMachine machine = nvidia("one");
  CHECK(machine.gpus.at(0).ids == std::vector<std::string>{"rtx-4090"});
  CHECK(machine.gpus[0].is_used);
  const Device& device = machine.device;
  CHECK(device.id == "rtx-4090");
  CHECK(device.asked_as == "local");
  CHECK(device.usable == 23114_MiB);
  CHECK(device.bandwidth == test::shipped().device("rtx-4090").bandwidth);
  CHECK(device.host_memory == 48_GiB);
  CHECK(device.host->processor.cores == 16);
  CHECK(device.host->bandwidth.value == gb_per_second(83.2));
  CHECK_FALSE(device.desktop);
  CHECK_THAT(device.usable_note, Contains("free now of 25.76 GB; process 4712 holds 0.84 GB, 1 other more"));
  CHECK(machine.notes.empty());
}

TEST_CASE("all of its memory is what the driver does not keep") {
  const LocalMachine machine = nvidia("one", MemoryCount::kTotal);
  CHECK(machine.device.usable == 24114_MiB);
  CHECK(machine.device.asked_as == "local, total");
  CHECK(machine.device.host_memory < 64_GiB);
  CHECK(machine.device.host_memory > 56_GiB);
}

TEST_CASE("several cards are one machine, each with its own free memory") {
  const LocalMachine two = nvidia("two");
  REQUIRE(two.device.parts.size() == 2);
  CHECK(two.device.parts[0].id == "rtx-4090");
  CHECK(two.device.parts[1].id == "rtx-3060-12gb");
  CHECK(two.device.parts[1].usable == 10838_MiB);
  CHECK(two.device.id == "local");
  CHECK(two.device.name == "GeForce RTX 4090 + " + test::shipped().device("rtx-3060-12gb").name);
  const LocalMachine eight = nvidia("eight");
  CHECK(eight.device.gpus == 8);
  CHECK(eight.gpus[7].ids == std::vector<std::string>{"h100-sxm"});
  CHECK_THAT(eight.device.name, Contains("8x "));
}

TEST_CASE("of a GPU that is cut into slices one slice is used, with its part of bandwidth and compute") {
  const LocalMachine machine = nvidia("mig");
  CHECK(machine.gpus.size() == 2);
  const Device& whole = test::shipped().device("h100-sxm");
  CHECK(machine.device.gpus == 1);
  CHECK(machine.device.memory == 9984_MiB);
  CHECK(machine.device.usable == 9534_MiB);
  CHECK(machine.device.bandwidth.value() == Approx(whole.bandwidth.value() / 8));
  CHECK(machine.device.fp32.value() == Approx(whole.fp32.value() / 7));
  CHECK_THAT(all_notes(machine), Contains("left out"));
}

TEST_CASE("a card that the catalogue does not know is described by what its driver says") {
  const LocalMachine machine = nvidia("unknown");
  CHECK(machine.gpus.at(0).ids.empty());
  CHECK(machine.device.name == "NVIDIA GeForce RTX 9990");
  CHECK(machine.device.backend == "cuda");
  CHECK(machine.device.generation == "Blackwell");
  CHECK(machine.device.usable == 23114_MiB);
  CHECK_THAT(all_notes(machine), Contains("not in the catalogue"));
}

TEST_CASE("a machine that does not say how much memory it has is asked about with the size alone") {
  const RecordedMachine recorded;
  recorded.write("/proc/meminfo", "");
  const MachineSources sources = recorded.sources();
  const LocalMachine machine = machine_of(sources);
  CHECK_FALSE(machine.device.host_memory);
  CHECK(machine.device.usable_note.empty());
  CHECK_THAT(all_notes(machine), Contains("--ram"));
  ask::Finder finder(test::shipped(), {}, sources);
  Asked asked;
  asked.device = "local";
  CHECK_THROWS_AS(ask::question_of(asked, finder), Error);
  asked.ram = 16_GiB;
  const Estimate answer = estimate(ask::question_of(asked, finder));
  REQUIRE(answer.fit);
  CHECK(answer.fit->verdict == Verdict::kRunsGreat);
}

TEST_CASE("a chip whose driver tells no memory shares the host's") {
  const StubDriver driver("pool");
  const RecordedMachine recorded;
  recorded.write("/proc/meminfo", "MemTotal: 125829120 kB\nMemAvailable: 104857600 kB\n");
  const LocalMachine machine = machine_of(recorded.sources(StubDriver::path()));
  CHECK(machine.device.device_class == DeviceClass::kUnified);
  CHECK(machine.device.id == "dgx-spark");
  CHECK(machine.device.host_memory == 100_GiB);
  CHECK(machine.device.usable <= 100_GiB);
}

TEST_CASE("AMD's cards are told apart by revision") {
  const LocalMachine machine = amd("0x744c", "0xc8", 24560, 32000);
  CHECK(machine.device.id == "rx-7900-xtx");
  CHECK(machine.device.usable == 24460_MiB);
  CHECK_THAT(amd("0x744c", "0xcc", 20464, 32000).device.id, Contains("rx-7900-xt"));
}

TEST_CASE("where nothing tells devices apart the slowest is taken, and a note says so") {
  const LocalMachine machine = amd("0x747e", "0x00", 16368, 32000);
  REQUIRE(machine.gpus.at(0).ids.size() > 1);
  CHECK_THAT(all_notes(machine), Contains("nothing here tells which"));
  for (const std::string& id : machine.gpus[0].ids)
    CHECK(machine.device.bandwidth <= test::shipped().device(id).bandwidth);
}

TEST_CASE("a graphics core is known by its processor, and has what the kernel maps of the RAM") {
  const LocalMachine machine = amd("0x1586", "0xc1", 512, 32000, "AMD RYZEN AI MAX+ 395 w/ Radeon 8060S");
  CHECK(machine.device.id == "ryzen-ai-max-395-64gb");
  CHECK(machine.device.usable == Bytes((512 + 32000 - 100 - 50) * std::int64_t{1} << 20));
  CHECK(machine.device.host_memory == 48_GiB + 412_MiB);
}

TEST_CASE("a graphics core that the catalogue does not know leaves the processor to compute") {
  const LocalMachine machine = amd("0xffff", "0x01", 512, 32000, "AMD Ryzen 9 9999X");
  CHECK(machine.device.device_class == DeviceClass::kCpu);
  CHECK_THAT(all_notes(machine), Contains("left out"));
}

TEST_CASE("without a GPU the processor and the free RAM are the machine") {
  const LocalMachine machine = machine_of(RecordedMachine().sources());
  CHECK(machine.gpus.empty());
  CHECK(machine.device.id == "ryzen-9-7950x");
  CHECK(machine.device.memory == 64_GiB);
  CHECK(machine.device.usable == 48_GiB);
  CHECK(machine.device.backend == "cpu");
  CHECK(machine.notes.empty());
}

TEST_CASE("a card without its driver is told of, and what helps") {
  const RecordedMachine nouveau;
  nouveau.add_card("0000:01:00.0", "0x10de", "0x2684", "0xa1", "nouveau");
  CHECK_THAT(all_notes(machine_of(nouveau.sources())), Contains("nouveau"));
  const RecordedMachine bare;
  bare.add_card("0000:01:00.0", "0x10de", "0x2684", "0xa1", "");
  CHECK_THAT(all_notes(machine_of(bare.sources())), Contains("no driver"));
  const RecordedMachine container;
  container.add_card("0000:01:00.0", "0x10de", "0x2684", "0xa1", "nvidia");
  CHECK_THAT(all_notes(machine_of(container.sources())), Contains("--gpus all"));
}

TEST_CASE("local goes with a second card and with more RAM, and asks for all memory") {
  const StubDriver driver("one");
  ask::LocalFinder finder(test::shipped(), RecordedMachine().sources(StubDriver::path()));
  const auto machine = [&](const char* words) { return ask::parse_machine(words, test::shipped(), &finder); };
  CHECK(machine("Local").usable == 23114_MiB);
  CHECK(machine("local, total").usable == 24114_MiB);
  CHECK(machine("local,total").asked_as == "local, total");
  CHECK(machine("local + rtx-3090").parts.size() == 2);
  CHECK(machine("local + rtx-3090").asked_as.empty());
  CHECK(machine("local, ram=128GiB").host_memory > 100_GiB);
  CHECK_THROWS_WITH(machine("local, most"), Contains("free, total or ram="));
  CHECK_THROWS_WITH(ask::parse_machine("local", test::shipped()), Contains("not looked at"));
}

}  // namespace
