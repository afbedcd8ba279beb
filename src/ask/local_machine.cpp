#include "ask/local_machine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ask/local_device.hpp"
#include "ask/machine_words.hpp"
#include "ask/recognised_gpu.hpp"
#include "core/base/limits.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

/// A GPU as a device of its own, and the place of what it was made of.
struct Choice {
  std::size_t place = 0;
  Device device;
};

bool is_unified(const Device& device) { return device.device_class == DeviceClass::kUnified; }

Bytes memory_of(const std::vector<Choice>& choices, const std::string& backend) {
  Bytes sum(0);
  for (const Choice& choice : choices) {
    if (choice.device.backend == backend) sum += choice.device.memory;
  }
  return sum;
}

/// What runs one program: cards of the backend with the most memory; of a cut GPU its greatest slice, since CUDA shows
/// a program one; a pool where there is no card.
std::vector<Choice> chosen(std::vector<Choice> choices, const LocalMachine& machine) {
  const auto keep = [&](const auto& wanted) {
    choices.erase(std::remove_if(choices.begin(), choices.end(), [&](const Choice& choice) { return !wanted(choice); }),
                  choices.end());
  };
  const bool any_card =
      std::any_of(choices.begin(), choices.end(), [](const Choice& choice) { return !is_unified(choice.device); });
  keep([&](const Choice& choice) { return is_unified(choice.device) != any_card; });
  if (choices.empty()) return choices;
  const auto most = std::max_element(choices.begin(), choices.end(), [&](const Choice& a, const Choice& b) {
    return memory_of(choices, a.device.backend) < memory_of(choices, b.device.backend);
  });
  const std::string backend = most->device.backend;
  keep([&](const Choice& choice) { return choice.device.backend == backend; });
  const auto is_slice = [&](const Choice& choice) { return machine.gpus[choice.place].found.is_slice; };
  if (std::any_of(choices.begin(), choices.end(), [&](const Choice& choice) { return !is_slice(choice); }))
    keep([&](const Choice& choice) { return !is_slice(choice); });
  if (choices.size() > static_cast<std::size_t>(kMaxGpus)) choices.erase(choices.begin() + kMaxGpus, choices.end());
  const auto greatest = std::max_element(choices.begin(), choices.end(), [](const Choice& a, const Choice& b) {
    return a.device.usable < b.device.usable;
  });
  const bool one = is_slice(*greatest) || is_unified(greatest->device);
  return one ? std::vector<Choice>{*greatest} : choices;
}

/// The devices that the GPUs of `machine` are, one each; GPUs of which nothing is known that counts are left out.
std::vector<Choice> choices_of(const ThisMachine& found, const Catalog& catalog, MemoryCount count,
                               LocalMachine& machine) {
  std::vector<Choice> choices;
  for (const FoundGpu& gpu : found.gpus) {
    LocalMachine::Gpu entry{gpu, {}, false};
    const std::vector<const Device*> may_be = devices_of_gpu(gpu, found, catalog);
    for (const Device* device : may_be) entry.ids.push_back(device->id);
    if (const std::optional<Device> device = local_gpu(gpu, machine.host, may_be, catalog, count, machine.notes))
      choices.push_back({machine.gpus.size(), *device});
    machine.gpus.push_back(std::move(entry));
  }
  return choices;
}

void note_unused(LocalMachine& machine) {
  for (const LocalMachine::Gpu& gpu : machine.gpus) {
    const bool any = std::any_of(machine.gpus.begin(), machine.gpus.end(),
                                 [](const LocalMachine::Gpu& other) { return other.is_used; });
    if (gpu.is_used || gpu.ids.empty() || !any) continue;
    machine.notes.push_back(fmt::format("{} is left out: one program does not use it together with the others",
                                        gpu.found.name.empty() ? gpu.ids.front() : gpu.found.name));
  }
}

}  // namespace

LocalMachine local_machine(const ThisMachine& found, const Catalog& catalog, MemoryCount count) {
  LocalMachine machine;
  machine.model = found.model;
  machine.host = found.host;
  machine.host.bandwidth = catalog.host_bandwidth(found.host);
  machine.notes = found.problems;
  const std::vector<Choice> used = chosen(choices_of(found, catalog, count, machine), machine);
  std::vector<Device> gpus;
  for (const Choice& choice : used) {
    machine.gpus[choice.place].is_used = true;
    gpus.push_back(choice.device);
  }
  note_unused(machine);
  machine.device = gpus.empty()       ? local_processor(found, machine.host, catalog, count)
                   : gpus.size() == 1 ? gpus.front()
                                      : joined_machine(gpus, kLocal);
  machine.device.host = machine.host;
  machine.device.asked_as = count == MemoryCount::kFree ? kLocal : kLocalTotal;
  return machine;
}

LocalMachine LocalFinder::find(MemoryCount count) {
  if (!sources_) throw Error(ErrorKind::kUnknownDevice, "this machine is not looked at here; name a device");
  if (!found_) found_ = find_this_machine(*sources_);
  return local_machine(*found_, catalog_, count);
}

}  // namespace lfmfit::ask
