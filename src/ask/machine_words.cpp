#include "ask/machine_words.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "ask/device_words.hpp"
#include "ask/local_device.hpp"
#include "ask/size_words.hpp"
#include "core/base/letter_case.hpp"
#include "core/base/limits.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

/// The parts of "2x rtx-3090 + rtx-3060". A plus inside a name ("AI Max+ 395") has no blanks on both sides.
std::vector<std::string> split_at_plus(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t plus = text.find(" + "); plus != std::string_view::npos; plus = text.find(" + ")) {
    parts.push_back(trimmed(text.substr(0, plus)));
    text.remove_prefix(plus + 3);
  }
  parts.push_back(trimmed(text));
  return parts;
}

/// Cuts ",ram=32GiB" out of `text`.
std::optional<Bytes> take_ram(std::string& text) {
  constexpr std::string_view kKey = "ram=";
  for (std::size_t at = text.find(kKey); at != std::string::npos; at = text.find(kKey, at + 1)) {
    const std::size_t before = at == 0 ? std::string::npos : text.find_last_not_of(' ', at - 1);
    if (before == std::string::npos || text[before] != ',') continue;  // "vram="
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string size = trimmed(std::string_view(text).substr(at + kKey.size(), end - at - kKey.size()));
    text.erase(before, end - before);
    return parse_size("--on ram", size);
  }
  return std::nullopt;
}

bool is_pool(const Device& device) {
  return device.device_class == DeviceClass::kUnified || device.device_class == DeviceClass::kCpu;
}

/// "RTX 3090 + RTX 3060", "8x H100"
std::string joined_names_of(const std::vector<Device>& machines) {
  const bool alike = std::all_of(machines.begin(), machines.end(),
                                 [&](const Device& part) { return part.name == machines.front().name; });
  if (alike && machines.front().gpus == 1) return std::to_string(machines.size()) + "x " + machines.front().name;
  std::string names;
  for (const Device& part : machines) names += (names.empty() ? "" : " + ") + part.name;
  return names;
}

/// Which memory of this machine `text` asks for; none: it does not mean this machine.
std::optional<MemoryCount> asked_of_local(const std::string& text, MemoryCount usual) {
  if (same_but_case(text, kLocal)) return usual;
  const std::size_t comma = text.find(',');
  if (comma == std::string::npos || !same_but_case(trimmed(text.substr(0, comma)), kLocal)) return std::nullopt;
  const std::string word = trimmed(text.substr(comma + 1));
  if (word == "total") return MemoryCount::kTotal;
  if (word == "free") return MemoryCount::kFree;
  throw Error(ErrorKind::kBadRequest, "--on '" + text + "': behind local goes free, total or ram=64GiB");
}

Device part_called(const std::string& text, const Catalog& catalog, LocalFinder* local) {
  const std::optional<MemoryCount> count = asked_of_local(text, local == nullptr ? MemoryCount::kFree : local->usual());
  if (!count) return parse_device(text, catalog);
  LocalFinder nowhere(catalog, {});
  return (local == nullptr ? nowhere : *local).find(*count).device;
}

}  // namespace

Device joined_machine(const std::vector<Device>& machines, const std::string& text) {
  Device machine = machines.front();
  machine.gpus = 0;
  machine.name = joined_names_of(machines);
  machine.asked_as.clear();
  machine.parts.clear();
  for (const Device& part : machines) {
    if (is_pool(part))
      throw Error(ErrorKind::kBadRequest,
                  "--on '" + text + "': " + part.name + " has one pool of memory; name it alone");
    if (part.backend != machine.backend) {
      throw Error(ErrorKind::kBadRequest, "--on '" + text + "': " + machine.backend + " does not drive " + part.name +
                                              ", and lfmfit knows no backend for both");
    }
    machine.gpus += part.gpus;
    for (int i = 0; i < part.gpus && machine.gpus <= kMaxGpus; ++i) {
      Device gpu = gpu_of(part, i);
      gpu.gpus = 1;
      gpu.parts.clear();
      machine.parts.push_back(std::move(gpu));
    }
  }
  if (machine.gpus > kMaxGpus) {
    throw Error(ErrorKind::kBadRequest, "--on '" + text + "' names more than " + std::to_string(kMaxGpus) + " GPUs");
  }
  machine.id = text;
  machine.device_class = DeviceClass::kServer;
  return machine;
}

Device parse_machine(const std::string& text, const Catalog& catalog, LocalFinder* local) {
  std::string rest = text;
  const std::optional<Bytes> ram = take_ram(rest);
  std::vector<Device> machines;
  for (const std::string& part : split_at_plus(rest)) machines.push_back(part_called(part, catalog, local));
  Device machine = machines.size() == 1 ? machines.front() : joined_machine(machines, trimmed(rest));
  if (!ram) return machine;
  if (is_pool(machine))
    throw Error(ErrorKind::kBadRequest, "--on '" + text + "': " + machine.name + " has no RAM beside its memory");
  machine.host_memory = *ram - part_of(machine.system, *ram);
  return machine;
}

}  // namespace lfmfit::ask
