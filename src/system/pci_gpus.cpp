#include "system/pci_gpus.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace lfmfit {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::int64_t, const char*>, 3> kVendors{
    {{0x10de, "NVIDIA"}, {0x1002, "AMD"}, {0x8086, "Intel"}}};

/// Display controllers, and processing accelerators, which is what some cards without outputs call themselves.
bool is_graphics(std::int64_t pci_class) { return pci_class >> 16 == 0x03 || pci_class >> 8 == 0x1200; }

std::optional<Bytes> bytes_at(const SystemFiles& files, const fs::path& path) {
  const std::optional<std::int64_t> number = files.number(path);
  constexpr std::int64_t kMost = std::int64_t{1} << 50;
  return number && *number <= kMost ? std::optional(Bytes(*number)) : std::nullopt;
}

/// What amdgpu says of the memory in `folder`, and Intel's drivers where they do.
void read_memory(const SystemFiles& files, const fs::path& folder, FoundGpu& gpu) {
  gpu.total = bytes_at(files, folder / "mem_info_vram_total");
  if (const auto used = bytes_at(files, folder / "mem_info_vram_used"); used && gpu.total && *used <= *gpu.total)
    gpu.available = *gpu.total - *used;
  gpu.host_total = bytes_at(files, folder / "mem_info_gtt_total");
  gpu.host_used = bytes_at(files, folder / "mem_info_gtt_used");
}

std::optional<FoundGpu> read_gpu(const SystemFiles& files, const fs::path& folder, const std::string& address) {
  const std::optional<std::int64_t> pci_class = files.number(folder / "class");
  if (!pci_class || !is_graphics(*pci_class)) return std::nullopt;  // most are not: their other files stay closed
  const std::optional<std::int64_t> vendor = files.number(folder / "vendor"), device = files.number(folder / "device");
  if (!vendor || !device) return std::nullopt;
  for (const auto& [id, name] : kVendors) {
    if (id != *vendor) continue;
    FoundGpu gpu;
    gpu.vendor = name;
    gpu.address = address;
    gpu.pci_id = fmt::format("{:04x}:{:04x}", *vendor & 0xffff, *device & 0xffff);
    gpu.pci_revision = fmt::format("{:02x}", files.number(folder / "revision").value_or(0) & 0xff);
    gpu.name = files.line(folder / "product_name");  // of AMD's server cards
    gpu.driver = files.link_name(folder / "driver");
    read_memory(files, folder, gpu);
    return gpu;
  }
  return std::nullopt;
}

}  // namespace

std::vector<FoundGpu> find_pci_gpus(const SystemFiles& files) {
  constexpr std::size_t kMaxGpusOnBus = 256;
  std::vector<FoundGpu> gpus;
  const fs::path folder = "/sys/bus/pci/devices";
  for (const std::string& address : files.names(folder)) {
    if (gpus.size() >= kMaxGpusOnBus) break;
    if (std::optional<FoundGpu> gpu = read_gpu(files, folder / address, address)) gpus.push_back(std::move(*gpu));
  }
  return gpus;
}

}  // namespace lfmfit
