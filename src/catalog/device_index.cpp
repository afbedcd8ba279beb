#include "catalog/device_index.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/letter_case.hpp"

namespace lfmfit {

namespace {

constexpr std::size_t kMaxLength = 300;
constexpr double kSameSize = 0.005;
constexpr double kNearSize = 0.07;  // what a driver reports: error correction takes a sixteenth, the system some more
constexpr double kNearPool = 0.15;  // of RAM, from which firmware takes its part

/// Letters and digits of `text`, in small letters.
std::string letters_of(std::string_view text) {
  std::string result;
  for (char c : lower(std::string(text))) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) result += c;
  }
  return result;
}

/// The letters of a name that says nothing but makers' words: "AMD Radeon(TM) Graphics".
std::string bare_name(std::string_view text) {
  std::string outside;
  int depth = 0;
  for (char c : text) {
    if (c == '(') ++depth;
    if (depth == 0) outside += c;
    if (c == ')' && depth > 0) --depth;
  }
  return letters_of(outside);
}

std::vector<std::size_t> unique(std::vector<std::size_t> found) {
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace

DeviceNames names_of(const std::vector<Device>& devices, const std::vector<PrintedName>& printed) {
  DeviceNames names;
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    places[devices[i].id] = i;
    for (DeviceEntry& entry : own_entries(devices[i], i)) names.entries.push_back(std::move(entry));
  }
  for (const PrintedName& name : printed) {
    for (const std::string& id : name.devices) {
      const auto place = places.find(id);
      if (place == places.end()) continue;
      DeviceEntry entry = printed_entry(devices[place->second], place->second, name.name);
      if (entry.said.words.empty()) names.bare[bare_name(name.name)].push_back(place->second);
      if (!entry.said.words.empty()) names.entries.push_back(std::move(entry));
    }
  }
  return names;
}

DeviceIndex::DeviceIndex(const std::vector<Device>& devices, DeviceNames names)
    : devices_(devices), names_(std::move(names)) {
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const Device& device = devices[i];
    things_.push_back({device.id, device.name, device.also_called});
    by_letters_.try_emplace(letters_of(device.id), i);
    if (!device.also_called.empty()) by_letters_.try_emplace(letters_of(device.also_called), i);
  }
}

std::vector<DeviceIndex::Hit> DeviceIndex::hits(const Wanted& wanted, Size size) const {
  std::vector<Hit> found;
  for (const DeviceEntry& entry : names_.entries) {
    const Device& device = devices_[entry.device];
    if (!entry.is_named(device, wanted, size.any)) continue;
    const bool plain = entry.own && entry.said.memory_gib.empty() && entry.said.asides.empty();
    found.push_back({entry.device, entry.unsaid(wanted), plain, entry.is_of_exact_size(device, wanted)});
  }
  return found;
}

void DeviceIndex::keep_size(std::vector<Hit>& all, Bytes reported) const {
  std::vector<std::size_t> devices;
  for (const Hit& hit : all) devices.push_back(hit.device);
  const std::vector<std::size_t> left = of_memory(devices, reported);
  if (left.empty()) return;  // decided() says so
  all.erase(
      std::remove_if(all.begin(), all.end(),
                     [&](const Hit& hit) { return std::find(left.begin(), left.end(), hit.device) == left.end(); }),
      all.end());
}

std::vector<std::size_t> DeviceIndex::named(const SpokenDevice& said, Size size) const {
  std::vector<Hit> all = hits(Wanted(said), size);
  if (size.reported.count() > 0) keep_size(all, size.reported);
  int least = 1 << 20;
  for (const Hit& hit : all) least = std::min(least, hit.unsaid);
  std::vector<std::size_t> found, plain, exact;
  for (const Hit& hit : all) {
    if (hit.unsaid > least) continue;
    found.push_back(hit.device);
    if (hit.plain && hit.unsaid == 0) plain.push_back(hit.device);
    if (hit.exact) exact.push_back(hit.device);
  }
  plain = unique(std::move(plain));
  // Who types "3080" means the card that is called so without more; a driver prints that for the larger one too.
  if (!said.printed && plain.size() == 1) return plain;
  return unique(exact.empty() ? std::move(found) : std::move(exact));
}

std::vector<std::size_t> DeviceIndex::named_variants(SpokenDevice said, Size size) const {
  std::vector<std::size_t> found = named(said, size);
  if (!found.empty()) return found;
  said.asides.clear();  // "(RADV NAVI31)"
  found = named(said, size);
  const auto design = std::find(said.words.begin(), said.words.end(), "maxq");
  if (!found.empty() || design == said.words.end()) return found;
  said.words.erase(design);  // a design for laptops, unless it is part of a card's name
  if (std::find(said.words.begin(), said.words.end(), "laptop") == said.words.end()) said.words.emplace_back("laptop");
  std::sort(said.words.begin(), said.words.end());
  return named(said, size);
}

std::vector<std::size_t> DeviceIndex::named_jointly(std::string_view wanted) const {
  std::vector<std::size_t> all;
  for (const std::string& name : joined_names(wanted)) {
    const std::vector<std::size_t> found = named_variants(spoken_device(name), {});
    all.insert(all.end(), found.begin(), found.end());
  }
  return unique(std::move(all));
}

std::vector<std::size_t> DeviceIndex::named_in_part(const SpokenDevice& said) const {
  std::vector<std::size_t> found;
  if (said.words.empty()) return found;
  const Wanted wanted(said);
  for (const DeviceEntry& entry : names_.entries) {
    if (entry.is_named_in_part(devices_[entry.device], wanted)) found.push_back(entry.device);
  }
  return unique(std::move(found));
}

std::vector<std::size_t> DeviceIndex::of_memory(const std::vector<std::size_t>& found, Bytes memory) const {
  double best = 1;
  const auto misses = [&](std::size_t i) {
    const Device& device = devices_[i];
    const double share = static_cast<double>(memory.count()) / static_cast<double>(device.memory.count());
    const double most = device.device_class == DeviceClass::kUnified ? kNearPool : kNearSize;
    if (device.device_class == DeviceClass::kCpu) return 0.0;  // the memory of its row is an example
    return share > 1 + kSameSize || share < 1 - most ? 1.0 : std::abs(1 - share);
  };
  for (std::size_t i : found) best = std::min(best, misses(i));
  std::vector<std::size_t> result;
  for (std::size_t i : found) {
    if (best < 1 && misses(i) <= best + kSameSize) result.push_back(i);
  }
  return result;
}

NameMatch DeviceIndex::decided(const std::vector<std::size_t>& found, Bytes memory) const {
  NameMatch match;
  const std::vector<std::size_t> left = memory.count() > 0 ? of_memory(found, memory) : found;
  if (left.size() == 1) {
    match.found = left.front();
  } else {
    match.candidates = left.empty() ? found : left;
  }
  return match;
}

NameMatch DeviceIndex::suggestions(std::string_view wanted, const SpokenDevice& said) const {
  NameMatch match;
  if (!said.memory_gib.empty())
    match.nearest = named_variants(said, {Bytes(0), true});  // the name is right, the size is not
  const std::vector<std::size_t> part = named_in_part(said);
  if (!match.nearest.empty()) {  // "6700 8gb" may be the 6700S, which has that much
    match.nearest.insert(match.nearest.end(), part.begin(), part.end());
    match.nearest = unique(std::move(match.nearest));
    return match;
  }
  if (part.size() > 1) match.candidates = part;
  if (part.size() == 1) match.nearest = part;
  if (!part.empty()) return match;
  NameMatch near = match_name(wanted, things_);
  match.nearest = near.found ? std::vector<std::size_t>{*near.found} : near.nearest;
  match.candidates = std::move(near.candidates);
  return match;
}

std::vector<std::size_t> DeviceIndex::bearers(std::string_view wanted, const SpokenDevice& said, Bytes memory) const {
  const auto typed = said.printed ? by_letters_.end() : by_letters_.find(letters_of(wanted));
  if (typed != by_letters_.end()) return {typed->second};
  std::vector<std::size_t> found = named_variants(said, {memory, false});
  if (!found.empty()) return found;
  const auto bare = said.words.empty() ? names_.bare.find(bare_name(wanted)) : names_.bare.end();
  return bare == names_.bare.end() ? std::vector<std::size_t>() : unique(bare->second);
}

NameMatch DeviceIndex::find(std::string_view wanted, Bytes memory) const {
  if (wanted.size() > kMaxLength) return {};
  const SpokenDevice said = spoken_device(wanted);
  const std::vector<std::size_t> found = bearers(wanted, said, memory);
  if (!found.empty()) return decided(found, memory);
  const std::vector<std::size_t> joined = named_jointly(wanted);
  if (joined.empty()) return suggestions(wanted, said);
  // a name that several products share decides nothing, even where only one of them is known here
  NameMatch match = memory.count() > 0 ? decided(joined, memory) : NameMatch();
  if (!match.found && match.candidates.empty()) match.candidates = joined;
  return match;
}

std::vector<std::size_t> DeviceIndex::meant(std::string_view wanted, Bytes memory) const {
  if (wanted.size() > kMaxLength) return {};
  std::vector<std::size_t> found = bearers(wanted, spoken_device(wanted), memory);
  return memory.count() > 0 ? of_memory(found, memory) : found;
}

}  // namespace lfmfit
