#include "system/pci_gpus.hpp"

#include <filesystem>

#include "catch.hpp"
#include "support/machine.hpp"

namespace {

using namespace lfmfit;
using namespace lfmfit::literals;
using test::RecordedMachine;

std::vector<FoundGpu> gpus_of(const RecordedMachine& machine) { return find_pci_gpus(SystemFiles(machine.path())); }

TEST_CASE("a machine without a graphics card has none, whatever else is on the bus") {
  const RecordedMachine machine;
  machine.add_card("0000:00:02.0", "0x8086", "0x15f3", "0x03", "igc");
  machine.write("/sys/bus/pci/devices/0000:00:02.0/class", "0x020000\n");
  CHECK(gpus_of(machine).empty());
}

TEST_CASE("amdgpu tells a card's memory, what is used of it, and the host's that it maps") {
  const RecordedMachine machine;
  machine.add_card("0000:03:00.0", "0x1002", "0x744c", "0xc8", "amdgpu");
  const std::string card = "/sys/bus/pci/devices/0000:03:00.0/";
  machine.write(card + "mem_info_vram_total", "25753026560\n");
  machine.write(card + "mem_info_vram_used", "1073741824\n");
  machine.write(card + "mem_info_gtt_total", "33554432000\n");
  machine.write(card + "mem_info_gtt_used", "1048576\n");
  const std::vector<FoundGpu> gpus = gpus_of(machine);
  REQUIRE(gpus.size() == 1);
  CHECK(gpus[0].vendor == "AMD");
  CHECK(gpus[0].pci_id == "1002:744c");
  CHECK(gpus[0].pci_revision == "c8");
  CHECK(gpus[0].driver == "amdgpu");
  CHECK(gpus[0].total == Bytes(25753026560));
  CHECK(gpus[0].available == Bytes(24679284736));
  CHECK(gpus[0].host_total == Bytes(33554432000));
}

TEST_CASE("hostile files of a card count as not there") {
  const RecordedMachine machine;
  machine.add_card("0000:03:00.0", "0x1002", "0x744c", "0xc8", "amdgpu");
  const std::string card = "/sys/bus/pci/devices/0000:03:00.0/";
  machine.write(card + "mem_info_vram_total", "a lot\n");
  machine.write(card + "mem_info_vram_used", "99999999999999999999\n");
  machine.write(card + "mem_info_gtt_total", "-1\n");
  machine.write(card + "product_name", std::string(1U << 20, 'x'));
  std::filesystem::create_symlink("loop", machine.path() + card + "loop");
  std::filesystem::create_symlink("mem_info_gtt_used", machine.path() + card + "mem_info_gtt_used");
  machine.write("/sys/bus/pci/devices/0000:04:00.0/class", "0x030000\n");
  const std::vector<FoundGpu> gpus = gpus_of(machine);
  REQUIRE(gpus.size() == 1);
  CHECK_FALSE(gpus[0].total);
  CHECK_FALSE(gpus[0].available);
  CHECK_FALSE(gpus[0].host_total);
  CHECK_FALSE(gpus[0].host_used);
  CHECK(gpus[0].name.size() <= 1024);
}

}  // namespace
