#include <fmt/format.h>

#include <string>

#include "render/lists.hpp"
#include "render/notes.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

namespace {

constexpr int kDeviceLabel = 14;

const char* class_text(const Device& device) {
  switch (device.device_class) {
    case DeviceClass::kGpu: return "a GPU with memory of its own";
    case DeviceClass::kUnified: return "one pool of memory for CPU and GPU";
    case DeviceClass::kServer: return "several GPUs in one machine";
    case DeviceClass::kCpu: return "no GPU: the CPU computes";
  }
  return "";
}

/// Lines of one fact, broken to fit; nothing for a fact that is not known.
std::string line(const char* label, const std::string& value, const Terminal& terminal) {
  if (value.empty()) return {};
  const std::string text = fmt::format("  {:<{}}{}", label, kDeviceLabel, printable(value));
  return wrapped(text, terminal.width, std::string(2 + kDeviceLabel, ' ')) + "\n";
}

std::string short_gib_text(Bytes bytes) { return fmt::format("{:.4g} GiB", in_gib(bytes)); }

std::string whole_memory_text(const Device& device) {
  std::string text = device.gpus > 1 ? fmt::format("{} x {}", device.gpus, short_gib_text(device.memory))
                                     : short_gib_text(device.memory);
  if (!device.memory_type.empty()) text += " of " + device.memory_type;
  return device.bus_bits > 0 ? text + fmt::format(", {} bit wide", device.bus_bits) : text;
}

std::string usable_text(const Device& device) {
  std::string text = short_gib_text(device.usable);
  if (device.gpus > 1) text += " of each";
  if (!device.usable_note.empty()) return text + ": " + device.usable_note;
  return text + (device.usable == device.memory ? ": all of it, as no other total is known"
                                                : ": the total that its driver reports");
}

std::string knob_text(const Device& device) {
  return device.knob ? raised_text(device.knob->how, device.knob->usable, device.knob->leaves) : std::string();
}

/// What is left beside GPUs, or for all parts of a pool together.
std::string host_text_of(const Device& device) {
  if (!device.host_memory) return "";
  const bool pool = device.device_class == DeviceClass::kUnified;
  return short_gib_text(*device.host_memory) +
         (pool ? " for GPU and CPU together, the rest is the system's" : " of RAM beside the GPUs");
}

std::string compute_text(const Device& device) {
  std::string text;
  const auto add = [&](bool known, const std::string& more) {
    if (known) text += (text.empty() ? "" : ", ") + more;
  };
  add(device.fp32 > ComputeRate(0), fmt::format("{:.4g} TFLOP/s FP32", device.fp32.value() / 1e12));
  add(device.fp16 > ComputeRate(0), fmt::format("{:.4g} TFLOP/s FP16", device.fp16.value() / 1e12));
  add(device.int8_tops > 0, fmt::format("{:.4g} TOP/s INT8", device.int8_tops));
  return text;
}

std::string kind_text(const Device& device) {
  std::string text = fmt::format("{}; {}, {}", class_text(device), device.vendor, device.segment);
  if (!device.generation.empty()) text += ", " + device.generation;
  for (const std::string* more : {&device.compute_capability, &device.gfx, &device.chip}) {
    if (!more->empty()) text += " (" + *more + ")";
  }
  return device.year > 0 ? text + fmt::format(", {}", device.year) : text;
}

std::string with_unit(double value, const char* unit) {
  return value > 0 ? fmt::format("{:.4g} {}", value, unit) : std::string();
}

}  // namespace

std::string device_text(const Device& device, const Terminal& terminal) {
  std::string text = styled(printable(device.id), Style::kStrong, terminal) + ": " + printable(device.name) + "\n";
  text += line("kind", kind_text(device), terminal);
  text += line("also called", device.also_called, terminal);
  text += line("memory", whole_memory_text(device), terminal);
  text += line("usable", usable_text(device), terminal);
  text += line("desktop", desktop_text(device), terminal);
  text += line("more", knob_text(device), terminal);
  text += line("host part", host_text_of(device), terminal);
  text += line("bandwidth", with_unit(in_gb_per_second(device.bandwidth), "GB/s"), terminal);
  text += line("compute", compute_text(device), terminal);
  text += line("link", with_unit(device.interconnect_gb_s, "GB/s to the other GPUs"), terminal);
  text += line("bus", device.pcie.empty() ? std::string() : "PCIe " + device.pcie, terminal);
  text += line("power", with_unit(device.tdp_watts, "W"), terminal);
  text += line("backend", device.backend, terminal);
  text += line("one of them", device.gpu, terminal);
  text += line("note", device.note, terminal);
  return text + line("source", device.source + " (confidence: " + device.confidence + ")", terminal);
}

}  // namespace lfmfit::render
