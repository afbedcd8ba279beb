#include "catalog/device_entry.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "core/base/letter_case.hpp"

namespace lfmfit {

namespace {

using Words = std::vector<std::string>;

constexpr double kSaidSize = 0.005;
constexpr double kRoundedSize = 0.07;  // "94gb" and "96gb" are said of one card

bool has_all(const Words& words, const Words& part) {
  return std::includes(words.begin(), words.end(), part.begin(), part.end());
}

Words without(const Words& words, const Words& part) {
  Words rest;
  std::set_difference(words.begin(), words.end(), part.begin(), part.end(), std::back_inserter(rest));
  return rest;
}

bool has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool has(const std::vector<double>& sizes, double size) {
  return std::find(sizes.begin(), sizes.end(), size) != sizes.end();
}

Words together(Words a, const Words& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  return a;
}

bool is_size_of(const Device& device, double gib, double tolerance) {
  const double one = in_gib(device.memory);
  return std::abs(gib / one - 1) <= tolerance || std::abs(gib / (one * device.gpus) - 1) <= tolerance;
}

/// Words that drivers put before the name of a device of this kind, though its row does not.
Words brands_of(const Device& device, const Words& said) {
  Words brands = together(said, spoken_device(device.name).brands);
  brands.push_back(lower(device.vendor));
  const bool datacenter = device.segment == "datacenter";
  const auto add_if = [&](bool condition, const char* word) {
    if (condition) brands.push_back(word);
  };
  add_if(device.vendor == "NVIDIA" && datacenter, "tesla");
  add_if(device.vendor == "AMD" && device.device_class != DeviceClass::kCpu, "radeon");
  add_if(device.vendor == "AMD" && datacenter, "instinct");
  add_if(has(brands, "threadripper"), "ryzen");
  std::sort(brands.begin(), brands.end());
  brands.erase(std::unique(brands.begin(), brands.end()), brands.end());
  return brands;
}

/// Words that may be said of a device though its name does not have them.
Words unnamed_words(const Device& device, const SpokenDevice& said) {
  Words words = said.asides;
  for (const std::string& word :
       {lower(device.memory_type), std::string(device.segment == "laptop" ? "laptop" : "desktop")}) {
    if (!has(words, word) && !has(said.words, word)) words.push_back(word);
  }
  return together(std::move(words), spoken_device(device.vendor).words);
}

DeviceEntry own_entry(const Device& device, std::size_t place, std::string_view text) {
  DeviceEntry entry;
  entry.device = place;
  entry.said = spoken_device(text);
  SpokenDevice& said = entry.said;
  said.brands = brands_of(device, said.brands);
  Words needed;
  for (std::string& word : said.words) (is_usually_left_out(word) ? entry.rest : needed).push_back(std::move(word));
  said.words = std::move(needed);
  entry.left_out = static_cast<int>(entry.rest.size());
  for (const std::string& word : spoken_device(device.name).asides)
    entry.left_out += is_usually_left_out(word) ? 1 : 0;  // "(modified)", also where an id does not say so
  entry.rest = together(std::move(entry.rest), unnamed_words(device, said));
  return entry;
}

/// The entry, and what people write short in it: "3080m" for the laptop's, "4070 Ti S" for the SUPER.
std::vector<DeviceEntry> with_short_forms(DeviceEntry entry) {
  std::vector<DeviceEntry> forms{std::move(entry)};
  for (const auto& [word, letter] : {std::pair("laptop", "m"), std::pair("super", "s")}) {
    for (std::size_t i = 0, count = forms.size(); i < count; ++i) {
      DeviceEntry form = forms[i];
      Words& words = form.said.words;
      const auto place = std::find(words.begin(), words.end(), word);
      if (place == words.end()) continue;
      *place = letter;
      std::sort(words.begin(), words.end());
      forms.push_back(std::move(form));
    }
  }
  return forms;
}

}  // namespace

Wanted::Wanted(SpokenDevice spoken) : said(std::move(spoken)), words(together(said.words, said.asides)) {}

bool DeviceEntry::is_named(const Device& device_here, const Wanted& wanted, bool any_size) const {
  if (typed_only && wanted.said.printed) return false;
  if (!has_all(wanted.words, said.words) || !has_all(said.brands, wanted.said.brands)) return false;
  if (!has_all(rest, without(wanted.words, said.words))) return false;
  const int cores = wanted.said.cores;
  if (cores > 0 && device_here.gpu_cores > 0 && cores != device_here.gpu_cores) return false;
  if (any_size) return true;
  for (double gib : said.memory_gib) {  // "GH200 480GB", whose GPU has 96
    const bool must_be_said = !own || !is_size_of(device_here, gib, kRoundedSize);
    if (must_be_said && !has(wanted.said.memory_gib, gib)) return false;
  }
  return std::all_of(wanted.said.memory_gib.begin(), wanted.said.memory_gib.end(), [&](double gib) {
    return is_size_of(device_here, gib, kRoundedSize) || has(said.memory_gib, gib);
  });
}

bool DeviceEntry::is_named_in_part(const Device& device_here, const Wanted& wanted) const {
  const auto& words = wanted.said.words;
  const auto& sizes = wanted.said.memory_gib;
  return has_all(said.brands, wanted.said.brands) &&
         std::all_of(words.begin(), words.end(),
                     [&](const std::string& word) { return has(said.words, word) || has(rest, word); }) &&
         std::all_of(sizes.begin(), sizes.end(),
                     [&](double gib) { return is_size_of(device_here, gib, kRoundedSize); });
}

int DeviceEntry::unsaid(const Wanted& wanted) const {
  int count = left_out;
  for (const std::string& word : without(wanted.words, said.words)) count -= is_usually_left_out(word) ? 1 : 0;
  return count;
}

bool DeviceEntry::is_of_exact_size(const Device& device_here, const Wanted& wanted) const {
  const auto& sizes = wanted.said.memory_gib;
  return std::all_of(sizes.begin(), sizes.end(),
                     [&](double gib) { return is_size_of(device_here, gib, kSaidSize) || has(said.memory_gib, gib); });
}

std::vector<DeviceEntry> own_entries(const Device& device, std::size_t place) {
  std::vector<DeviceEntry> entries;
  const auto add = [&](DeviceEntry entry) {
    if (entry.said.words.empty()) return;
    for (DeviceEntry& form : with_short_forms(std::move(entry))) entries.push_back(std::move(form));
  };
  for (const std::string* text : {&device.id, &device.name, &device.chip}) add(own_entry(device, place, *text));
  const Words whole = spoken_device(device.name).words;
  for (const std::string& name : joined_names(device.name)) {
    DeviceEntry part = own_entry(device, place, name);  // "Ryzen 5 7640U w/ Radeon 760M" leaves out the 7640HS
    part.rest = together(std::move(part.rest), without(whole, part.said.words));
    add(std::move(part));
  }
  DeviceEntry typed = own_entry(device, place, device.also_called);
  typed.typed_only = true;
  add(std::move(typed));
  return entries;
}

DeviceEntry printed_entry(const Device& device, std::size_t place, std::string_view name) {
  DeviceEntry entry;
  entry.device = place;
  entry.own = false;
  entry.said = spoken_device(name);
  entry.said.words = together(std::move(entry.said.words), std::exchange(entry.said.asides, {}));
  entry.said.brands = brands_of(device, entry.said.brands);
  entry.rest = unnamed_words(device, entry.said);
  return entry;
}

}  // namespace lfmfit
