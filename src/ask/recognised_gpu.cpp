#include "ask/recognised_gpu.hpp"

#include <algorithm>

namespace lfmfit::ask {

namespace {

using Devices = std::vector<const Device*>;

constexpr const char* kNvidia = "NVIDIA";

/// Those of both; of one where the other knows nothing, or where they contradict each other, of the first.
Devices of_both(const Devices& first, const Devices& second) {
  Devices both;
  for (const Device* device : first) {
    if (std::find(second.begin(), second.end(), device) != second.end()) both.push_back(device);
  }
  if (!both.empty()) return both;
  return first.empty() ? second : first;
}

bool shares_memory(const Device* device) { return device->device_class == DeviceClass::kUnified; }

Devices with_memory(const Devices& devices, Bytes memory, const Catalog& catalog) {
  if (memory == Bytes(0)) return devices;
  Devices result;
  for (const Device* device : devices) {
    if (!catalog.devices_called(device->id, memory).empty()) result.push_back(device);
  }
  return result;
}

/// "NVIDIA H100 80GB HBM3" of "NVIDIA H100 80GB HBM3 MIG 1g.10gb".
std::string name_of_whole(const FoundGpu& gpu) {
  const std::size_t slice = gpu.is_slice ? gpu.name.rfind(" MIG ") : std::string::npos;
  return gpu.name.substr(0, slice);
}

/// RAM with what the firmware gave the GPU of it.
Bytes pool_of(const FoundGpu& gpu, const ThisMachine& machine) {
  return machine.host.installed + gpu.total.value_or(Bytes(0));
}

}  // namespace

std::vector<const Device*> devices_of_processor(const ThisMachine& machine, const Catalog& catalog) {
  if (machine.host.processor.name.empty()) return {};
  return catalog.devices_called(machine.host.processor.name);
}

std::vector<const Device*> devices_of_gpu(const FoundGpu& gpu, const ThisMachine& machine, const Catalog& catalog) {
  const Devices on_bus = gpu.pci_id.empty() ? Devices() : catalog.devices_of_pci(gpu.pci_id, gpu.pci_revision);
  const bool has_own = gpu.total && !std::all_of(on_bus.begin(), on_bus.end(), shares_memory);
  const Bytes own = gpu.whole.value_or(gpu.total.value_or(Bytes(0)));
  if (has_own || (gpu.total && on_bus.empty())) {
    Devices named = catalog.devices_called(name_of_whole(gpu), own);
    if (named.empty()) named = catalog.devices_called(name_of_whole(gpu));  // a part of a card that a server hands out
    // NVIDIA's driver names every product: a name that nothing bears is a product that is not known
    if (named.empty() && gpu.vendor == kNvidia && !gpu.name.empty()) return {};
    return of_both(named, with_memory(on_bus, own, catalog));
  }
  const Bytes pool = pool_of(gpu, machine);
  Devices named = gpu.name.empty() ? Devices() : catalog.devices_called(gpu.name, pool);
  if (!machine.model.empty()) named = of_both(named, catalog.devices_called(machine.model, pool));
  if (named.empty() && gpu.vendor == kNvidia && !gpu.name.empty()) return {};
  // a card whose driver does not tell its memory
  if (named.empty() && !on_bus.empty() && std::none_of(on_bus.begin(), on_bus.end(), shares_memory)) return on_bus;
  const Devices found = of_both(named, with_memory(on_bus, pool, catalog));
  Devices of_chip;
  for (const Device* device : with_memory(devices_of_processor(machine, catalog), pool, catalog)) {
    if (shares_memory(device)) of_chip.push_back(device);
  }
  return of_both(of_chip, found);
}

}  // namespace lfmfit::ask
