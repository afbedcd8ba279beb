#include "catalog/unknown_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace lfmfit {

namespace {

constexpr std::size_t kMaxDevices = 60;  // as many as share one printed name

std::string memory_of(const Device& device) {
  const std::string one = fmt::format("{:.4g} GiB", in_gib(device.memory));
  return device.gpus > 1 ? fmt::format("{} x {}", device.gpus, one) : one;
}
std::string build_of(const Device& device) { return device.segment == "laptop" ? "laptop" : "desktop"; }
std::string memory_type_of(const Device& device) { return device.memory_type; }
std::string rate_of(const Device& device) { return fmt::format("{:.4g} GB/s", in_gb_per_second(device.bandwidth)); }

/// Whether `property` tells any of the devices at `places` from the others.
template <class Property>
bool differs(const std::vector<std::size_t>& places, const std::vector<Device>& devices, const Property& property) {
  std::set<std::string> values;
  for (std::size_t i : places) values.insert(property(devices[i]));
  return values.size() > 1;
}

}  // namespace

std::string shown_name(std::string_view wanted) {
  std::string text(wanted.substr(0, 80));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return text + (wanted.size() > 80 ? "..." : "");
}

void fail_to_match(ErrorKind kind, const std::string& noun, std::string_view wanted, const NameMatch& match,
                   const std::vector<std::string>& names, std::size_t most) {
  const std::string shown = shown_name(wanted);
  if (match.candidates.empty() && match.nearest.empty())
    throw Error(kind, fmt::format("no {0} is called \"{1}\"; `lfmfit list {0}s` shows all", noun, shown));
  const std::vector<std::size_t>& places = match.candidates.empty() ? match.nearest : match.candidates;
  std::string list;
  for (std::size_t i = 0; i < places.size() && i < most; ++i) list += (list.empty() ? "" : ", ") + names[places[i]];
  const std::string more = places.size() > most ? fmt::format(" and {} more", places.size() - most) : std::string();
  if (match.candidates.empty())
    throw Error(kind, fmt::format("no {} is called \"{}\"; did you mean {}{}?", noun, shown, list, more));
  if (places.size() == 1)
    throw Error(kind, fmt::format("\"{}\" is a name of several {}s, {} among them; name it by that "
                                  "if it is the one",
                                  shown, noun, list));
  throw Error(kind, fmt::format("several {}s match \"{}\"; say which: {}{}", noun, shown, list, more));
}

void fail_to_find_device(std::string_view wanted, const NameMatch& match, const std::vector<Device>& devices) {
  const std::vector<std::size_t>& places = match.candidates.empty() ? match.nearest : match.candidates;
  std::vector<std::string> names;
  for (const Device& device : devices) names.push_back(device.id);
  std::vector<std::string (*)(const Device&)> properties;
  for (auto* property : {memory_of, build_of, memory_type_of}) {
    if (differs(places, devices, property)) properties.push_back(property);
  }
  if (properties.empty() && differs(places, devices, rate_of)) properties.push_back(rate_of);
  for (std::size_t i : places) {
    std::string text;
    for (auto* property : properties) text += (text.empty() ? " (" : ", ") + property(devices[i]);
    if (!text.empty()) names[i] += text + ")";
  }
  fail_to_match(ErrorKind::kUnknownDevice, "device", wanted, match, names, kMaxDevices);
}

}  // namespace lfmfit
