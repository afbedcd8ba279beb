#include "ask/local_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "ask/recognised_gpu.hpp"

namespace lfmfit::ask {

namespace {

/// "NVIDIA GeForce RTX 3060 Ti", else where it sits.
std::string name_of(const FoundGpu& gpu) {
  return gpu.name.empty() ? fmt::format("{} {} at {}", gpu.vendor, gpu.pci_id, gpu.address) : gpu.name;
}

std::string gb_text(Bytes bytes) { return fmt::format("{:.2f} GB", in_gb(bytes)); }

/// The slowest of those that nothing tells apart.
const Device& slowest(const FoundGpu& gpu, const std::vector<const Device*>& may_be, std::vector<std::string>& notes) {
  const Device& taken = **std::min_element(may_be.begin(), may_be.end(), [](const Device* a, const Device* b) {
    return a->bandwidth != b->bandwidth ? a->bandwidth < b->bandwidth : a->fp32 < b->fp32;
  });
  if (may_be.size() > 1) {
    std::string list;
    for (const Device* device : may_be) list += (list.empty() ? "" : ", ") + device->id;
    notes.push_back(fmt::format("{} may be {}; nothing here tells which, so {} is taken, the slowest", name_of(gpu),
                                list, taken.id));
  }
  return taken;
}

/// What the system keeps of RAM, by the rule for machines around cards.
MemoryPart system_part(const Catalog& catalog) {
  const auto& devices = catalog.devices();
  const auto card = std::find_if(devices.begin(), devices.end(),
                                 [](const Device& device) { return device.device_class == DeviceClass::kGpu; });
  return card == devices.end() ? MemoryPart{} : card->system;
}

/// What a process gets of RAM.
std::optional<Bytes> ram_for_process(const Host& host, const MemoryPart& system, MemoryCount count) {
  if (count == MemoryCount::kFree && host.available > Bytes(0)) return host.available;
  if (host.total == Bytes(0)) return std::nullopt;
  return host.total - part_of(system, host.total);
}

/// A card that the catalogue does not know. Its generation is that of cards of the same compute capability.
std::optional<Device> described_card(const FoundGpu& gpu, const Catalog& catalog, std::vector<std::string>& notes) {
  const Bytes least = Bytes(std::int64_t{1} << 30);  // less is no card for models, or the carve-out of a graphics core
  if (gpu.vendor != "NVIDIA" && gpu.host_total && gpu.total.value_or(Bytes(0)) < least) return std::nullopt;
  if (!gpu.total) return std::nullopt;
  Device device;
  device.id = kLocal;
  device.name = name_of(gpu);
  device.vendor = gpu.vendor;
  device.memory = device.reported = device.usable = *gpu.total;
  device.system = system_part(catalog);
  device.compute_capability = gpu.compute_capability;
  device.source = "its driver";
  device.confidence = "low";
  for (const Device& known : catalog.devices()) {
    if (known.vendor != gpu.vendor || known.device_class != DeviceClass::kGpu) continue;
    if (device.backend.empty()) device.backend = known.backend;
    if (!gpu.compute_capability.empty() && known.compute_capability == gpu.compute_capability)
      device.generation = known.generation;
  }
  if (device.backend.empty()) return std::nullopt;
  notes.push_back(fmt::format("{} is not in the catalogue: its speed is not known; add it with --data", device.name));
  return device;
}

/// Of a slice "MIG 3g.40gb": 3 of 7 parts of the compute units, and the eighths of the memory's bandwidth that its size
/// is of the whole.
void cut_to_slice(const FoundGpu& gpu, Device& device) {
  constexpr double kComputeParts = 7, kMemoryParts = 8;
  const std::size_t profile = gpu.name.rfind(" MIG ");
  const double units = profile == std::string::npos ? 0 : std::strtod(gpu.name.c_str() + profile + 5, nullptr);
  const double compute = units >= 1 && units <= kComputeParts ? units / kComputeParts : 1 / kComputeParts;
  double memory = 1 / kMemoryParts;
  if (gpu.total && gpu.whole && *gpu.whole > Bytes(0))
    memory = std::clamp(std::round(in_gib(*gpu.total) / in_gib(*gpu.whole) * kMemoryParts), 1.0, kMemoryParts) /
             kMemoryParts;
  device.name = gpu.name;
  device.bandwidth = device.bandwidth * memory;
  device.fp32 = device.fp32 * compute;
  device.fp16 = device.fp16 * compute;
  device.int8_tops *= compute;
  device.interconnect_gb_s = 0;
  if (gpu.total) device.memory = device.reported = *gpu.total;
}

std::string holders_text(const FoundGpu& gpu) {
  if (gpu.holders.empty()) return {};
  const GpuHolder& first = gpu.holders.front();
  std::string text = fmt::format("; {} holds", first.name.empty() ? fmt::format("process {}", first.pid) : first.name);
  text += first.bytes ? " " + gb_text(*first.bytes) : " some of it";
  const std::size_t more = gpu.holders.size() - 1;
  return more == 0 ? text : text + fmt::format(", {} other{} more", more, more == 1 ? "" : "s");
}

/// The memory of a card: what is free of it, or all but what the driver keeps.
void set_own_memory(const FoundGpu& gpu, MemoryCount count, Device& device) {
  if (gpu.is_slice) cut_to_slice(gpu, device);
  const Bytes all = gpu.total.value_or(device.memory);
  if (count == MemoryCount::kTotal || !gpu.available) {
    if (gpu.total && gpu.reserved) device.usable = *gpu.total - std::min(*gpu.reserved, *gpu.total);
    if (gpu.total && !gpu.reserved && device.usable > *gpu.total) device.usable = *gpu.total;
    device.usable_note = count == MemoryCount::kTotal ? fmt::format("of {}, less what the driver keeps", gb_text(all))
                                                      : "what is usual, as the driver does not tell how much is free";
    return;
  }
  device.usable = *gpu.available;
  device.usable_note = fmt::format("free now of {}{}", gb_text(all), holders_text(gpu));
  device.desktop.reset();  // what it takes is gone already
}

/// The memory of a pool: what the GPU may have of it, and what GPU and host may have together.
void set_pool(const FoundGpu& gpu, const Host& host, MemoryCount count, Device& device) {
  const Bytes carved = gpu.total.value_or(Bytes(0));
  const Bytes carved_free = count == MemoryCount::kFree ? gpu.available.value_or(carved) : carved;
  const Bytes most = gpu.host_total ? carved + *gpu.host_total : device.usable;
  if (most > device.usable) device.knob.reset();  // it was turned already
  Bytes used = carved - carved_free;
  if (count == MemoryCount::kFree) used += gpu.host_used.value_or(Bytes(0));
  if (host.total > Bytes(0)) device.memory = std::max(host.installed, host.total) + carved;
  device.host_memory = device.usable;
  if (const std::optional<Bytes> ram = ram_for_process(host, device.system, count))
    device.host_memory = *ram + carved_free;
  device.usable = std::min(most - std::min(used, most), *device.host_memory);
  device.usable_note = count == MemoryCount::kFree ? "free now of what the GPU may use" : "what the GPU may use";
  device.note.clear();
}

}  // namespace

std::optional<Device> local_gpu(const FoundGpu& gpu, const Host& host, const std::vector<const Device*>& may_be,
                                const Catalog& catalog, MemoryCount count, std::vector<std::string>& notes) {
  std::optional<Device> device;
  if (may_be.empty()) {
    device = described_card(gpu, catalog, notes);
  } else {
    device = slowest(gpu, may_be, notes);
  }
  if (!device) {
    notes.push_back(
        fmt::format("{} is left out: the catalogue does not know it, and its driver tells no memory of its "
                    "own",
                    name_of(gpu)));
    return device;
  }
  if (device->device_class == DeviceClass::kUnified) {
    set_pool(gpu, host, count, *device);
  } else {
    set_own_memory(gpu, count, *device);
    device->host_memory = ram_for_process(host, device->system, count);
  }
  return device;
}

Device local_processor(const ThisMachine& found, const Host& host, const Catalog& catalog, MemoryCount count) {
  Device device;
  for (const Device* known : devices_of_processor(found, catalog)) {
    if (known->device_class == DeviceClass::kCpu) device = *known;
  }
  if (device.id.empty()) {
    device.id = kLocal;
    device.name = host.processor.name.empty() ? "a processor without a name" : host.processor.name;
    device.vendor = host.processor.vendor == "AuthenticAMD"   ? "AMD"
                    : host.processor.vendor == "GenuineIntel" ? "Intel"
                                                              : host.processor.vendor;
    device.device_class = DeviceClass::kCpu;
    device.generation = "CPU";
    device.backend = "cpu";
    device.source = "as the system describes it";
    device.confidence = "low";
  }
  device.bandwidth = host.bandwidth.value;
  if (host.total > Bytes(0)) device.memory = device.reported = host.total;
  device.host_memory = ram_for_process(host, system_part(catalog), count);
  device.usable = device.host_memory.value_or(Bytes(0));
  device.usable_note = !device.host_memory           ? ""
                       : count == MemoryCount::kFree ? fmt::format("free now of {}", gb_text(host.total))
                                                     : "RAM less the system's part";
  return device;
}

}  // namespace lfmfit::ask
