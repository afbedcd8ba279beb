#include "ask/machine_words.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "ask/device_words.hpp"
#include "ask/size_words.hpp"
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

/// The machine whose GPUs are those of `machines`.
Device joined(const std::vector<Device>& machines, const std::string& text) {
  Device machine = machines.front();
  machine.gpus = 0;
  machine.name.clear();
  for (const Device& part : machines) {
    if (is_pool(part))
      throw Error(ErrorKind::kBadRequest,
                  "--on '" + text + "': " + part.name + " has one pool of memory; name it alone");
    if (part.backend != machine.backend) {
      throw Error(ErrorKind::kBadRequest, "--on '" + text + "': " + machine.backend + " does not drive " + part.name +
                                              ", and lfmfit knows no backend for both");
    }
    machine.name += (machine.name.empty() ? "" : " + ") + part.name;
    machine.gpus += part.gpus;
    Device gpu = part;
    gpu.gpus = 1;
    machine.parts.insert(machine.parts.end(), static_cast<std::size_t>(part.gpus), gpu);
  }
  if (machine.gpus > kMaxGpus) {
    throw Error(ErrorKind::kBadRequest, "--on '" + text + "' names more than " + std::to_string(kMaxGpus) + " GPUs");
  }
  machine.id = text;
  machine.device_class = DeviceClass::kServer;
  return machine;
}

}  // namespace

Device parse_machine(const std::string& text, const Catalog& catalog) {
  std::string rest = text;
  const std::optional<Bytes> ram = take_ram(rest);
  std::vector<Device> machines;
  for (const std::string& part : split_at_plus(rest)) machines.push_back(parse_device(part, catalog));
  Device machine = machines.size() == 1 ? machines.front() : joined(machines, trimmed(rest));
  if (!ram) return machine;
  if (is_pool(machine))
    throw Error(ErrorKind::kBadRequest, "--on '" + text + "': " + machine.name + " has no RAM beside its memory");
  machine.host_memory = *ram - part_of(machine.system, *ram);
  return machine;
}

}  // namespace lfmfit::ask
