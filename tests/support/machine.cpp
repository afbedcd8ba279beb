#include "support/machine.hpp"

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "cli/run.hpp"

namespace test {

StubDriver::StubDriver(const std::string& scene) { setenv("LFMFIT_STUB_NVML", scene.c_str(), 1); }
StubDriver::~StubDriver() { unsetenv("LFMFIT_STUB_NVML"); }
std::string StubDriver::path() { return LFMFIT_STUB_NVML_PATH; }
std::string StubDriver::path_of_old() { return LFMFIT_STUB_NVML_OLD_PATH; }

RecordedMachine::RecordedMachine() {
  std::string info;
  for (int thread = 0; thread < 32; ++thread) {
    info += "processor\t: " + std::to_string(thread) +
            "\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 97\n"
            "model name\t: AMD Ryzen 9 7950X 16-Core Processor\nstepping\t: 2\nphysical id\t: 0\ncore id\t\t: " +
            std::to_string(thread % 16) + "\nflags\t\t: fpu avx avx2 f16c avx512f avx512_vnni avx512_bf16\n\n";
  }
  write("/proc/cpuinfo", info);
  write("/proc/meminfo", "MemTotal:       67108864 kB\nMemFree:        10000000 kB\nMemAvailable:   50331648 kB\n");
}

void RecordedMachine::add_card(const std::string& address, const std::string& vendor, const std::string& device,
                               const std::string& revision, const std::string& driver) const {
  const std::string card = "/sys/bus/pci/devices/" + address + "/";
  write(card + "class", "0x030000\n");
  write(card + "vendor", vendor + "\n");
  write(card + "device", device + "\n");
  write(card + "revision", revision + "\n");
  if (!driver.empty())
    std::filesystem::create_symlink("../../../../bus/pci/drivers/" + driver, folder_.file(card.substr(1) + "driver"));
}

lfmfit::MachineSources RecordedMachine::sources(const std::string& nvml) const {
  lfmfit::MachineSources sources;
  sources.root = folder_.path();
  sources.nvml = nvml;
  return sources;
}

ProgramRun lfmfit_on(const lfmfit::MachineSources& sources, const std::vector<std::string>& args,
                     const std::string& input) {
  std::istringstream in(input);
  std::ostringstream out, err;
  const int code = lfmfit::cli::run(args, in, out, err, {std::nullopt, 80, false, {}, sources});
  return {code, out.str(), err.str()};
}

}  // namespace test
