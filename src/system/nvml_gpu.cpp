#include "system/nvml_gpu.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lfmfit::nvml {

namespace {

constexpr unsigned kMostSlices = 64;
constexpr unsigned kMostProcesses = 1024;

/// Memory of `device`; nothing where the driver does not tell, as of chips that share the host's.
void read_memory(const Library& library, Device device, FoundGpu& gpu) {
  const auto bytes = [](unsigned long long count) {
    constexpr unsigned long long kMost = 1ULL << 50;
    return Bytes(static_cast<std::int64_t>(std::min(count, kMost)));
  };
  MemoryVersion2 memory{};
  memory.version = kMemoryVersion2;
  if (library.call("nvmlDeviceGetMemoryInfo_v2", device, &memory) == kSuccess) {
    gpu.total = bytes(memory.total);
    gpu.reserved = bytes(memory.reserved);
    gpu.available = std::min(bytes(memory.free), *gpu.total);
    return;
  }
  Memory old{};
  if (library.call("nvmlDeviceGetMemoryInfo", device, &old) == kSuccess) {
    gpu.total = bytes(old.total);
    gpu.available = std::min(bytes(old.free), *gpu.total);
  }
}

void read_bus(const Library& library, Device device, FoundGpu& gpu) {
  PciInfo pci{};
  if (library.call("nvmlDeviceGetPciInfo_v3", device, &pci) != kSuccess) return;
  gpu.pci_id = fmt::format("{:04x}:{:04x}", pci.device_and_vendor & 0xffff, pci.device_and_vendor >> 16);
  gpu.address = fmt::format("{:04x}:{:02x}:{:02x}.0", pci.domain, pci.bus, pci.device);
}

void add_holders(const Library& library, const char* name, Device device, std::vector<GpuHolder>& holders) {
  constexpr unsigned long long kTooMany = 1ULL << 50;  // where it is not known, all bits are set
  std::vector<ProcessInfo> processes(kMostProcesses);
  unsigned count = kMostProcesses;
  const Result result = library.call(name, device, &count, processes.data());
  if (result != kSuccess && result != kInsufficientSize) return;
  for (unsigned i = 0; i < std::min(count, kMostProcesses); ++i) {
    GpuHolder holder;
    holder.pid = processes[i].pid;
    const unsigned long long used = processes[i].used;
    if (used < kTooMany) holder.bytes = Bytes(static_cast<std::int64_t>(used));
    const bool known =
        std::any_of(holders.begin(), holders.end(), [&](const GpuHolder& other) { return other.pid == holder.pid; });
    if (!known && holder.pid > 0) holders.push_back(holder);
  }
}

void read_holders(const Library& library, Device device, FoundGpu& gpu) {
  add_holders(library, "nvmlDeviceGetComputeRunningProcesses_v3", device, gpu.holders);
  add_holders(library, "nvmlDeviceGetGraphicsRunningProcesses_v3", device, gpu.holders);
  std::stable_sort(gpu.holders.begin(), gpu.holders.end(), [](const GpuHolder& a, const GpuHolder& b) {
    return a.bytes.value_or(Bytes(0)) > b.bytes.value_or(Bytes(0));
  });
}

/// Whether it is set to be used as slices only.
bool is_cut(const Library& library, Device device) {
  unsigned current = 0, pending = 0;
  return library.call("nvmlDeviceGetMigMode", device, &current, &pending) == kSuccess && current == 1;
}

/// The slices of `whole` that exist.
std::vector<NvmlAnswer::Gpu> slices_of(const Library& library, Device device, const NvmlAnswer::Gpu& whole) {
  std::vector<NvmlAnswer::Gpu> slices;
  unsigned most = 0;
  library.call("nvmlDeviceGetMaxMigDeviceCount", device, &most);
  for (unsigned i = 0; i < std::min(most, kMostSlices); ++i) {
    Device slice = nullptr;
    if (library.call("nvmlDeviceGetMigDeviceHandleByIndex", device, i, &slice) != kSuccess) continue;
    NvmlAnswer::Gpu gpu = whole;
    gpu.found.is_slice = true;
    gpu.found.whole = whole.found.total;
    gpu.found.total = gpu.found.reserved = gpu.found.available = std::nullopt;
    gpu.found.holders.clear();
    if (const std::string name = library.text("nvmlDeviceGetName", slice); !name.empty()) gpu.found.name = name;
    gpu.uuid = library.text("nvmlDeviceGetUUID", slice);
    read_memory(library, slice, gpu.found);
    read_holders(library, slice, gpu.found);
    slices.push_back(std::move(gpu));
  }
  return slices;
}

}  // namespace

void read_gpu(const Library& library, Device device, NvmlAnswer::Gpu gpu, NvmlAnswer& answer) {
  gpu.found.name = library.text("nvmlDeviceGetName", device);
  gpu.uuid = library.text("nvmlDeviceGetUUID", device);
  int major = 0, minor = 0;
  if (library.call("nvmlDeviceGetCudaComputeCapability", device, &major, &minor) == kSuccess)
    gpu.found.compute_capability = fmt::format("{}.{}", major, minor);
  read_bus(library, device, gpu.found);
  read_memory(library, device, gpu.found);
  read_holders(library, device, gpu.found);
  if (!is_cut(library, device)) return answer.gpus.push_back(std::move(gpu));
  std::vector<NvmlAnswer::Gpu> slices = slices_of(library, device, gpu);
  if (slices.empty())
    answer.problems.push_back(
        fmt::format("GPU {} ({}) is set to be cut into slices (MIG) and has none: create one with "
                    "nvidia-smi mig -cgi, or switch MIG off with nvidia-smi -mig 0",
                    gpu.index, gpu.found.name));
  for (NvmlAnswer::Gpu& slice : slices) answer.gpus.push_back(std::move(slice));
}

}  // namespace lfmfit::nvml
