#include "system/host_memory.hpp"

#include <filesystem>

#include "catch.hpp"
#include "support/machine.hpp"

namespace {

using namespace lfmfit;
using namespace lfmfit::literals;
using test::RecordedMachine;

Host host_of(const RecordedMachine& machine) { return find_host(SystemFiles(machine.path())); }

/// A structure of the firmware's table about a memory module.
std::string module_of(unsigned mib, unsigned rate, char type) {
  std::string bytes(0x22, '\0');
  const auto put = [&](std::size_t at, unsigned value) {
    bytes[at] = static_cast<char>(value & 0xff);
    bytes[at + 1] = static_cast<char>(value >> 8);
  };
  bytes[0] = 17;
  bytes[1] = 0x22;
  put(0x0A, 64);
  put(0x0C, mib);
  bytes[0x12] = type;
  put(0x15, 5600);
  put(0x20, rate);
  return bytes + std::string("DIMM\0\0", 6);
}

TEST_CASE("processor and RAM are read as the kernel tells them") {
  const Host host = host_of(RecordedMachine());
  CHECK(host.processor.name == "AMD Ryzen 9 7950X 16-Core Processor");
  CHECK(host.processor.vendor == "AuthenticAMD");
  CHECK(host.processor.family == 25);
  CHECK(host.processor.model == 97);
  CHECK(host.processor.sockets == 1);
  CHECK(host.processor.cores == 16);
  CHECK(host.processor.threads == 32);
  CHECK_FALSE(host.processor.is_virtual);
  CHECK(host.processor.features ==
        std::vector<std::string>{"AVX", "F16C", "AVX2", "AVX-512", "AVX-512 VNNI", "AVX-512 BF16"});
  CHECK(host.installed == 64_GiB);
  CHECK(host.total == 64_GiB);
  CHECK(host.available == 48_GiB);
  CHECK(host.modules.count == 0);
}

TEST_CASE("what a process may use counts: processors allowed, and the limits of its container") {
  const RecordedMachine machine;
  machine.write("/proc/self/status", "Name:\tlfmfit\nCpus_allowed_list:\t0-3,8\n");
  CHECK(host_of(machine).processor.threads == 5);
  machine.write("/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  machine.write("/proc/self/cgroup", "0::/\n");
  machine.write("/sys/fs/cgroup/memory.max", "8589934592\n");
  machine.write("/sys/fs/cgroup/memory.current", "1073741824\n");
  machine.write("/sys/fs/cgroup/cpu.max", "150000 100000\n");
  const Host host = host_of(machine);
  CHECK(host.installed == 64_GiB);
  CHECK(host.total == 8_GiB);
  CHECK(host.available == 7_GiB);
  CHECK(host.processor.threads == 2);
}

TEST_CASE("an ARM processor is its implementer and part") {
  const RecordedMachine machine;
  machine.write("/proc/cpuinfo",
                "processor\t: 0\nFeatures\t: fp asimd asimddp\nCPU implementer\t: 0x41\nCPU part\t: 0xd0b\n\n"
                "processor\t: 1\nCPU implementer\t: 0x41\nCPU part\t: 0xd0b\n");
  const Processor processor = host_of(machine).processor;
  CHECK(processor.vendor == "ARM");
  CHECK(processor.family == 0x41);
  CHECK(processor.model == 0xd0b);
  CHECK(processor.cores == 2);
  CHECK(processor.features == std::vector<std::string>{"NEON", "DOTPROD"});
}

TEST_CASE("modules are read from the firmware's table: filled ones, at the rate of the slowest") {
  const RecordedMachine machine;
  machine.write("/sys/firmware/dmi/tables/DMI", std::string("\x01\x05\0\0\0\0\0", 7) + module_of(16384, 5200, 0x22) +
                                                    module_of(0, 0, 2) + module_of(16384, 4800, 0x22));
  const MemoryModules modules = host_of(machine).modules;
  CHECK(modules.count == 2);
  CHECK(modules.data_bits == 128);
  CHECK(modules.mega_transfers == 4800);
  CHECK(modules.type == "DDR5");
}

TEST_CASE("where the table may not be read, counters of memory errors tell the number of modules") {
  const RecordedMachine machine;
  for (const char* name : {"dimm0", "dimm1", "dimm2"}) {
    machine.write(std::string("/sys/devices/system/edac/mc/mc0/") + name + "/size", name[4] == '2' ? "0\n" : "16384\n");
    machine.write(std::string("/sys/devices/system/edac/mc/mc0/") + name + "/dimm_mem_type", "Registered-DDR4\n");
  }
  const MemoryModules modules = host_of(machine).modules;
  CHECK(modules.count == 2);
  CHECK(modules.data_bits == 128);
  CHECK(modules.type == "DDR4");
  CHECK(modules.mega_transfers == 0);
}

TEST_CASE("a virtual machine's firmware is not believed") {
  const RecordedMachine machine;
  machine.write("/proc/cpuinfo", "processor\t: 0\nflags\t\t: avx2 hypervisor\n");
  machine.write("/sys/firmware/dmi/tables/DMI", module_of(16384, 4800, 0x22));
  const Host host = host_of(machine);
  CHECK(host.processor.is_virtual);
  CHECK(host.modules.count == 0);
}

TEST_CASE("hostile files of the system neither crash nor hang") {
  const RecordedMachine machine;
  const std::string table = std::string("\x11\xff\0\0", 4) + std::string(100, '\x11');
  machine.write("/sys/firmware/dmi/tables/DMI", table);
  machine.write("/proc/cpuinfo", std::string(17U << 20, ':'));
  machine.write("/proc/meminfo", "MemTotal: 99999999999999999999 kB\nMemAvailable: -1 kB\nMemTotal:\n");
  machine.write("/proc/self/status", "Cpus_allowed_list:\t0-99999999999,x-y\n");
  std::filesystem::create_directories(machine.path() + "/sys/devices/system/edac");
  std::filesystem::create_symlink("mc", machine.path() + "/sys/devices/system/edac/mc");
  std::filesystem::create_symlink("/dev/zero", machine.path() + "/proc/self/cgroup");
  const Host host = host_of(machine);
  CHECK(host.total == Bytes(0));
  CHECK(host.modules.count == 0);
}

}  // namespace
