#include "system/this_machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "system/apple_machine.hpp"
#include "system/host_memory.hpp"
#include "system/nvml.hpp"
#include "system/pci_gpus.hpp"
#include "system/system_files.hpp"
#include "system/visible_gpus.hpp"

namespace lfmfit {

namespace {

constexpr const char* kNvidia = "NVIDIA";

/// What the computer is called: boards and phones say it in the device tree.
std::string model_of(const SystemFiles& files) { return files.line("/proc/device-tree/model"); }

void name_holders(const SystemFiles& files, FoundGpu& gpu) {
  for (GpuHolder& holder : gpu.holders) holder.name = files.line(fmt::format("/proc/{}/comm", holder.pid));
}

/// Why cards of NVIDIA on the bus did not answer.
void tell_silent_cards(const std::vector<FoundGpu>& on_bus, const NvmlAnswer& answer, ThisMachine& machine) {
  const auto silent =
      std::find_if(on_bus.begin(), on_bus.end(), [](const FoundGpu& gpu) { return gpu.vendor == kNvidia; });
  if (silent == on_bus.end() || answer.is_loaded) return;
  const std::string helps = silent->driver == "nouveau" ? "the driver nouveau runs no CUDA: install NVIDIA's own"
                            : silent->driver == "nvidia"
                                ? "its library libnvidia-ml.so.1 is missing: install it, or hand the GPU to the "
                                  "container you may be in (--gpus all)"
                                : "it has no driver: install NVIDIA's";
  machine.problems.push_back(
      fmt::format("there is an NVIDIA GPU at {} ({}), but {}", silent->address, silent->pci_id, helps));
}

/// NVIDIA's cards, as their driver says, else as the bus shows them.
void add_nvidia(const MachineSources& sources, const SystemFiles& files, const std::vector<FoundGpu>& on_bus,
                ThisMachine& machine) {
  NvmlAnswer answer = ask_nvml(sources.nvml);
  if (sources.visible_gpus && !answer.gpus.empty()) answer = visible_gpus(std::move(answer), *sources.visible_gpus);
  for (NvmlAnswer::Gpu& gpu : answer.gpus) {
    name_holders(files, gpu.found);
    machine.gpus.push_back(std::move(gpu.found));
  }
  tell_silent_cards(on_bus, answer, machine);
  machine.problems.insert(machine.problems.end(), answer.problems.begin(), answer.problems.end());
}

void add_other_gpus(const std::vector<FoundGpu>& on_bus, ThisMachine& machine) {
  for (const FoundGpu& gpu : on_bus) {
    if (gpu.vendor == kNvidia) continue;
    if (gpu.driver.empty() || gpu.driver == "vfio-pci") {
      machine.problems.push_back(fmt::format("{}'s GPU at {} ({}) has no driver{}, so that nothing can run on it",
                                             gpu.vendor, gpu.address, gpu.pci_id,
                                             gpu.driver.empty() ? "" : " here: it is handed to a virtual machine"));
      continue;
    }
    machine.gpus.push_back(gpu);
  }
}

}  // namespace

ThisMachine find_this_machine(const MachineSources& sources) {
  if (std::optional<ThisMachine> apple = find_apple_machine()) return *apple;
  const SystemFiles files(sources.root);
  ThisMachine machine;
  machine.model = model_of(files);
  machine.host = find_host(files);
  const std::vector<FoundGpu> on_bus = find_pci_gpus(files);
  add_nvidia(sources, files, on_bus, machine);
  add_other_gpus(on_bus, machine);
  if (machine.host.total == Bytes(0))
    machine.problems.push_back(
        "the size of the RAM is not known, as /proc/meminfo does not say it; name it with --ram");
  return machine;
}

bool may_have_gpu(const MachineSources& sources) {
#ifdef __APPLE__
  return sources.root == "/";
#else
  const SystemFiles files(sources.root);
  return files.exists("/dev/nvidiactl") || files.exists("/dev/dxg") || !sources.nvml.empty() ||
         !find_pci_gpus(files).empty();
#endif
}

}  // namespace lfmfit
