#include "system/memory_modules.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace lfmfit {

namespace {

constexpr std::size_t kMaxTable = 1U << 20;
constexpr int kMaxModules = 1024;
constexpr std::uint64_t kMemoryDevice = 17;  // type of the structure, as for all offsets below: SMBIOS 3.7, 7.18

constexpr std::array<std::pair<std::uint64_t, const char*>, 8> kTypes{{{0x18, "DDR3"},
                                                                       {0x1A, "DDR4"},
                                                                       {0x1B, "LPDDR"},
                                                                       {0x1D, "LPDDR3"},
                                                                       {0x1E, "LPDDR4"},
                                                                       {0x22, "DDR5"},
                                                                       {0x23, "LPDDR5"},
                                                                       {0x20, "HBM"}}};

/// One structure of the table.
class Structure {
 public:
  explicit Structure(std::string_view bytes) : bytes_(bytes) {}

  /// The little-endian number of `size` bytes at `offset`; 0 where the structure is shorter.
  std::uint64_t number(std::size_t offset, std::size_t size) const {
    std::uint64_t result = 0;
    if (offset + size > bytes_.size()) return 0;
    for (std::size_t i = size; i-- > 0;) result = result << 8 | static_cast<unsigned char>(bytes_[offset + i]);
    return result;
  }

 private:
  std::string_view bytes_;
};

/// A rate whose field holds 0xFFFF stands in a longer one.
double rate_at(const Structure& device, std::size_t offset, std::size_t extended) {
  constexpr std::uint64_t kExtended = 0xFFFF;
  const std::uint64_t rate = device.number(offset, 2);
  return static_cast<double>(rate == kExtended ? device.number(extended, 4) & 0x7FFFFFFF : rate);
}

void add_device(const Structure& device, MemoryModules& modules) {
  constexpr std::uint64_t kUnknownSize = 0xFFFF, kUnknownWidth = 0xFFFF;
  const std::uint64_t size = device.number(0x0C, 2), bits = device.number(0x0A, 2);
  if (size == 0 || size == kUnknownSize || modules.count >= kMaxModules) return;
  ++modules.count;
  if (bits != kUnknownWidth) modules.data_bits += static_cast<int>(bits);
  const double configured = rate_at(device, 0x20, 0x58);
  const double rate = configured > 0 ? configured : rate_at(device, 0x15, 0x54);
  // all run at the rate of the slowest
  if (rate > 0) modules.mega_transfers = modules.mega_transfers > 0 ? std::min(modules.mega_transfers, rate) : rate;
  for (const auto& [type, name] : kTypes) {
    if (device.number(0x12, 1) == type) modules.type = name;
  }
}

MemoryModules modules_of_table(std::string_view table) {
  constexpr std::size_t kHeader = 4;
  MemoryModules modules;
  while (table.size() >= kHeader) {
    const std::size_t length = static_cast<unsigned char>(table[1]);
    if (length < kHeader || length > table.size()) break;
    const Structure structure(table.substr(0, length));
    if (structure.number(0, 1) == kMemoryDevice) add_device(structure, modules);
    const std::size_t end = table.find(std::string_view("\0\0", 2), length);  // of its strings
    if (end == std::string_view::npos) break;
    table.remove_prefix(end + 2);
  }
  return modules;
}

/// By the counters of memory errors, which name each module but not its rate.
MemoryModules modules_of_counters(const SystemFiles& files) {
  constexpr int kModuleBits = 64;
  MemoryModules modules;
  const std::filesystem::path folder = "/sys/devices/system/edac/mc";
  for (const std::string& controller : files.names(folder)) {
    for (const std::string& name : files.names(folder / controller)) {
      if (name.compare(0, 4, "dimm") != 0 || modules.count >= kMaxModules) continue;
      if (files.number(folder / controller / name / "size").value_or(0) == 0) continue;
      ++modules.count;
      modules.data_bits += kModuleBits;
      const std::string type = files.line(folder / controller / name / "dimm_mem_type");  // "Registered-DDR4"
      modules.type = type.substr(type.rfind('-') + 1);
    }
  }
  return modules;
}

}  // namespace

MemoryModules find_memory_modules(const SystemFiles& files) {
  const MemoryModules told = modules_of_table(files.text("/sys/firmware/dmi/tables/DMI", kMaxTable));
  return told.count > 0 ? told : modules_of_counters(files);
}

}  // namespace lfmfit
