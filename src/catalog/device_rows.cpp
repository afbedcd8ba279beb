#include "catalog/device_rows.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "catalog/row_reader.hpp"

namespace lfmfit {

namespace {

constexpr double kMaxGib = 1 << 20;
constexpr double kMaxRate = 1e9;
constexpr std::int64_t kMaxGpusOfRow = 1024;

Bytes from_mib(double mebibytes) { return from_gib(mebibytes / 1024); }

void read_memory(RowReader& reader, Device& device) {
  device.memory = from_gib(reader.number("memory_gib", 0.001, kMaxGib));
  device.memory_type = reader.text_or("memory_type", "");
  device.bus_bits = static_cast<int>(reader.integer_or("bus_bits", 0, 1, 1 << 20));
}

/// What the row states of its total, else what the rules say; of a pool that states neither, what one process may use.
ByteRange read_total(RowReader& reader, const MemoryRules& rules, const Device& device) {
  const bool only_usable = reader.has("usable_gib") && !reader.has("reported_mib");
  if (!reader.has("total_mib")) {
    return only_usable ? ByteRange{device.usable, device.usable, device.usable} : rules.total(device);
  }
  const double value = reader.number("total_mib", 1, kMaxGib * 1024);
  const double low = reader.number_or("total_low_mib", value, 1, value);
  const double high = reader.number_or("total_high_mib", value, value, kMaxGib * 1024);
  reader.text("total_source");
  return {from_mib(low), from_mib(value), from_mib(high)};
}

/// What there is for a process, of the memory that read_memory() took. Rules go by what the rest of the row says, so
/// this comes last.
void read_usable(RowReader& reader, const MemoryRules& rules, Device& device) {
  const double reported = reader.number_or("reported_mib", 0, 1, kMaxGib * 1024);
  device.reported = reported > 0 ? from_mib(reported) : rules.reported(device);
  device.usable = from_gib(reader.number_or("usable_gib", 0, 0.001, kMaxGib));
  device.total = read_total(reader, rules, device);
  if (device.usable == Bytes(0)) device.usable = device.total.low;
  if (std::max({device.usable, device.reported, device.total.high}) > device.memory)
    reader.fail("memory_gib", "is less than what \"reported_mib\", \"total_mib\" or \"usable_gib\" says");
  device.usable_note = reader.has("usable_note") ? reader.text("usable_note") : rules.note(device);
  device.desktop = rules.desktop(device);
  device.knob = rules.knob(device);
}

/// The RAM of a machine that has some of its own (`host_memory_gib`), or shares it, or has nothing else.
void read_host_memory(RowReader& reader, const MemoryRules& rules, Device& device) {
  device.system = rules.system(device);
  const bool shares = device.device_class == DeviceClass::kUnified || device.device_class == DeviceClass::kCpu;
  if (shares && device.system.most == Bytes(0)) {
    device.host_memory = device.usable;  // which is what a row of this kind states as RAM less the system
  } else if (shares) {
    device.host_memory = std::max(device.usable, device.reported - part_of(device.system, device.reported));
  } else if (const double gib = reader.number_or("host_memory_gib", 0, 0.001, kMaxGib); gib > 0) {
    device.host_memory = from_gib(gib) - part_of(device.system, from_gib(gib));
  }
}

void read_speed(RowReader& reader, Device& device) {
  device.bandwidth = gb_per_second(reader.number_or("bandwidth_gb_s", 0, 0.001, kMaxRate));
  device.fp32 = teraflops(reader.number_or("fp32_tflops", 0, 0, kMaxRate));
  device.fp16 = teraflops(reader.number_or("fp16_tflops", 0, 0, kMaxRate));
  device.int8_tops = reader.number_or("int8_tops", 0, 0, kMaxRate);
  device.interconnect_gb_s = reader.number_or("interconnect_gb_s", 0, 0, kMaxRate);
  device.tdp_watts = reader.number_or("tdp_w", 0, 0, kMaxRate);
  device.power_limited = reader.flag_or("power_limited", false);
}

CpuFacts read_cpu(RowReader reader) {
  CpuFacts cpu;
  cpu.cores = static_cast<int>(reader.integer("cores", 1, 1 << 16));
  cpu.clock_ghz = reader.number("clock_ghz", 0.05, 100);
  cpu.instruction_set = reader.text("instruction_set");
  cpu.platform = reader.text("platform");
  cpu.draw = gb_per_second(reader.number_or("draw_gb_s", 0, 0.001, kMaxRate));
  reader.finish();
  return cpu;
}

void read_details(RowReader& reader, Device& device) {
  device.year = static_cast<int>(reader.integer_or("year", 0, 1990, 2100));
  device.pcie = reader.text_or("pcie", "");
  device.compute_capability = reader.text_or("compute_capability", "");
  device.gfx = reader.text_or("gfx", "");
  device.chip = reader.text_or("chip", "");
  device.gpu_cores = static_cast<int>(reader.integer_or("gpu_cores", 0, 1, 1 << 20));
  device.multiprocessors = static_cast<int>(reader.integer_or("multiprocessors", 0, 1, 1 << 20));
  if (reader.has("cpu")) device.cpu = read_cpu(reader.object("cpu"));
  device.gpu = reader.text_or("gpu", "");
  device.source = reader.text("source");
  device.confidence = reader.text("confidence");
  device.note = reader.text_or("note", "");
}

}  // namespace

DeviceClass device_class_called(const std::string& word, const RowReader& reader, std::string_view key) {
  constexpr std::array<std::pair<std::string_view, DeviceClass>, 4> kClasses{{{"gpu", DeviceClass::kGpu},
                                                                              {"unified", DeviceClass::kUnified},
                                                                              {"server", DeviceClass::kServer},
                                                                              {"cpu", DeviceClass::kCpu}}};
  for (const auto& entry : kClasses) {
    if (entry.first == word) return entry.second;
  }
  reader.fail(key, "must be \"gpu\", \"unified\", \"server\" or \"cpu\", not \"" + word + "\"");
}

/// Ids become names of files, of links and of machines on a command line.
bool is_plain_id(const std::string& id) {
  const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  return !id.empty() && is_letter(id.front()) && std::all_of(id.begin(), id.end(), [&](char c) {
    return is_letter(c) || c == '.' || c == '-' || c == '+' || c == '_';
  });
}

Device read_device(const RowText& row, const MemoryRules& rules) {
  RowReader reader(row.path, row.text, row.id);
  Device device;
  device.id = reader.text("id");
  if (!is_plain_id(device.id))
    reader.fail("id", "must consist of letters, digits, '.', '-', '+' and '_', and start with none of the marks");
  device.name = reader.text("name");
  device.also_called = reader.text_or("also_called", "");
  device.vendor = reader.text("vendor");
  device.device_class = device_class_called(reader.text("class"), reader, "class");
  device.segment = reader.text("segment");
  device.generation = reader.text("generation");
  device.backend = reader.text("backend");
  device.gpus = static_cast<int>(reader.integer_or("gpus", 1, 1, kMaxGpusOfRow));
  read_memory(reader, device);
  read_speed(reader, device);
  read_details(reader, device);
  read_usable(reader, rules, device);
  read_host_memory(reader, rules, device);
  reader.finish();
  return device;
}

}  // namespace lfmfit
