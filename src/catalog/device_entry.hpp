#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/spoken_device.hpp"
#include "lfmfit/device.hpp"

namespace lfmfit {

/// What was said, and its words and asides in one sorted list.
struct Wanted {
  explicit Wanted(SpokenDevice spoken);

  SpokenDevice said;
  std::vector<std::string> words;
};

/// One way to name one device.
struct DeviceEntry {
  std::size_t device = 0;  ///< its place in the catalogue
  SpokenDevice said;
  std::vector<std::string> rest;  ///< words that may be said besides, sorted
  int left_out = 0;               ///< words that tell it from a device that has its name without them
  bool own = true;                ///< from its row, not from a list of printed names
  bool typed_only = false;        ///< what people say for it though others bear the name too

  /// Whether it is what was said. `device` is the one at its place; `any_size`: sizes that are said do not count.
  bool is_named(const Device& device, const Wanted& wanted, bool any_size) const;
  /// Whether what was said is some of what it says.
  bool is_named_in_part(const Device& device, const Wanted& wanted) const;
  /// How many words that tell it from others were not said.
  int unsaid(const Wanted& wanted) const;
  /// Whether the sizes that were said are the device's to the digit, or stand in the name.
  bool is_of_exact_size(const Device& device, const Wanted& wanted) const;
};

/// The ways to name `device`, which is at `place`, by its row.
std::vector<DeviceEntry> own_entries(const Device& device, std::size_t place);

/// The way to name it by what drivers print; one without words where `name` is nothing but makers' words.
DeviceEntry printed_entry(const Device& device, std::size_t place, std::string_view name);

}  // namespace lfmfit
