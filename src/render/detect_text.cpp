#include "render/detect_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/number_text.hpp"
#include "render/figures.hpp"
#include "render/verdict_text.hpp"

namespace lfmfit::render {

namespace {

constexpr int kDetectLabel = 14;

std::string joined(const std::vector<std::string>& parts, const char* separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!part.empty()) text += (text.empty() ? "" : separator) + part;
  }
  return text;
}

/// A label and what belongs to it, broken to fit; nothing where nothing is known.
std::string detected(const std::string& label, const std::string& value, const Terminal& terminal) {
  if (value.empty()) return {};
  const std::string text = fmt::format("{:<{}}{}", label, kDetectLabel, printable(value));
  return wrapped(text, terminal.width, std::string(kDetectLabel, ' ')) + "\n";
}

std::string name_text(const LocalMachine::Gpu& gpu) {
  const std::string name =
      gpu.found.name.empty() ? fmt::format("{} {}", gpu.found.vendor, gpu.found.pci_id) : gpu.found.name;
  if (gpu.ids.empty()) return name + ": not in the catalogue";
  return fmt::format("{}: {} in the catalogue", name, joined(gpu.ids, " or "));
}

std::string holders_text(const std::vector<GpuHolder>& holders) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < holders.size() && i < kShown; ++i) {
    const GpuHolder& holder = holders[i];
    texts.push_back(fmt::format("{} ({}){}", holder.name.empty() ? "a process" : holder.name, holder.pid,
                                holder.bytes ? " " + gb_text(*holder.bytes) : ""));
  }
  if (holders.size() > kShown) texts.push_back(fmt::format("{} more", holders.size() - kShown));
  return texts.empty() ? std::string() : "held by " + joined(texts, ", ");
}

std::string memory_of(const FoundGpu& gpu) {
  std::vector<std::string> parts;
  const auto add = [&](const std::optional<Bytes>& bytes, const std::string& what) {
    if (bytes) parts.push_back(gb_text(*bytes) + what);
  };
  if (gpu.total) add(gpu.total, " (" + grouped(gpu.total->count() >> 20) + " MiB)");
  add(gpu.reserved, " kept by the driver");
  add(gpu.available, " free");
  add(gpu.host_total, gpu.vendor == "Apple" ? " of RAM by iogpu.wired_limit_mb" : " of RAM besides");
  return joined({joined(parts, ", "), holders_text(gpu.holders)}, "; ");
}

std::string details_of(const FoundGpu& gpu) {
  return joined({gpu.driver.empty() ? "" : "driver " + gpu.driver,
                 gpu.compute_capability.empty() ? "" : "compute capability " + gpu.compute_capability,
                 gpu.address.empty() ? "" : "at " + gpu.address},
                ", ");
}

std::string gpus_text(const LocalMachine& machine, const Terminal& terminal) {
  if (machine.gpus.empty()) return detected("GPU", "none found", terminal);
  std::string text;
  for (std::size_t i = 0; i < machine.gpus.size(); ++i) {
    const LocalMachine::Gpu& gpu = machine.gpus[i];
    text += detected(machine.gpus.size() == 1 ? "GPU" : fmt::format("GPU {}", i), name_text(gpu), terminal);
    text += detected("", memory_of(gpu.found), terminal) + detected("", details_of(gpu.found), terminal);
  }
  return text;
}

std::string processor_text(const Processor& processor) {
  std::string text = processor.name.empty() ? "of an unknown name" : processor.name;
  if (processor.sockets > 1) text += fmt::format(", {} sockets", processor.sockets);
  if (processor.cores > 0) text += fmt::format(", {} core{}", processor.cores, processor.cores == 1 ? "" : "s");
  if (processor.threads > 0) text += fmt::format(", {} thread{}", processor.threads, processor.threads == 1 ? "" : "s");
  if (processor.is_virtual) text += ", a virtual machine's";
  return joined({text, joined(processor.features, ", ")}, "; ");
}

std::string ram_text(const Host& host) {
  if (host.total == Bytes(0)) return "not known";
  std::string text = gb_text(host.total);
  if (host.total < host.installed)
    text += fmt::format(" of {}, which is the limit of the container", gb_text(host.installed));
  return host.available > Bytes(0) ? text + ", " + gb_text(host.available) + " free" : text;
}

std::string bandwidth_text(const HostBandwidth& bandwidth) {
  if (bandwidth.value <= Bandwidth(0)) return {};
  std::string text = fmt::format("{:.4g} GB/s", in_gb_per_second(bandwidth.value));
  if (bandwidth.low < bandwidth.high)
    text += fmt::format(" ({:.4g} to {:.4g})", in_gb_per_second(bandwidth.low), in_gb_per_second(bandwidth.high));
  return text + (bandwidth.assumed ? ", assumed: " : ": ") + bandwidth.basis;
}

std::string meaning_text(const Device& device) {
  std::string text = device.name + " on " + device.backend;
  if (!is_memory_known(device)) {
    text += ", with the memory that --ram names";
  } else if (device.parts.empty()) {
    text += fmt::format(", {} usable ({})", gb_text(device.usable), device.usable_note);
  } else {
    std::vector<std::string> usable;
    for (const Device& gpu : device.parts) usable.push_back(gb_text(gpu.usable));
    const bool alike =
        std::all_of(usable.begin(), usable.end(), [&](const std::string& one) { return one == usable.front(); });
    text += ", usable " + (alike ? usable.front() + " of each" : joined(usable, " + "));
  }
  if (device.host_memory && device.device_class != DeviceClass::kCpu)
    text += fmt::format("; {} of RAM for {}", gb_text(*device.host_memory),
                        device.device_class == DeviceClass::kUnified ? "GPU and host together" : "what lies beside");
  return text;
}

}  // namespace

std::string detect_text(const LocalMachine& machine, const Terminal& terminal) {
  std::string text = detected("Computer", machine.model, terminal) + gpus_text(machine, terminal);
  text += detected("Processor", processor_text(machine.host.processor), terminal);
  text += detected("RAM", ram_text(machine.host), terminal);
  text += detected("RAM's speed", bandwidth_text(machine.host.bandwidth), terminal);
  text += "\n" + detected("--on local", meaning_text(machine.device), terminal);
  if (!machine.notes.empty()) text += "\n";
  for (const std::string& note : machine.notes) text += detected("Note", note, terminal);
  text +=
      "\nTry `lfmfit --on local`, or `lfmfit check MODEL --on local`. What is in use now does not\ncount as free; "
      "--total counts it too.\n";
  return text;
}

std::string this_machine_line(const LocalMachine& machine, const Estimate* answer, const Terminal& terminal) {
  std::string text = "This machine: " + machine.device.name;
  if (answer != nullptr && answer->fit) {
    text += fmt::format(", {} usable now: {}", gb_text(answer->fit->usable), name_of(answer->fit->verdict));
    if (answer->speed && answer->fit->verdict != Verdict::kTooBig)
      text += fmt::format(", {} tok/s", band_text(answer->speed->decode));
  }
  return wrapped(printable(text + " (--on local)"), terminal.width, "  ") + "\n";
}

}  // namespace lfmfit::render
