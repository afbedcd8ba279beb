#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/device_entry.hpp"
#include "core/base/name_match.hpp"
#include "lfmfit/device.hpp"

namespace lfmfit {

/// A name that drivers print, or people type, and that no rule gets from the rows of the devices it means.
struct PrintedName {
  std::string name;
  std::vector<std::string> devices;  ///< ids; several: what bears it must be told apart by other means
};

/// What names devices, each by its place. That is a lot to work out, so the build does it (packed_facts.hpp).
struct DeviceNames {
  std::vector<DeviceEntry> entries;
  std::map<std::string, std::vector<std::size_t>> bare;  ///< printed names that say nothing: "AMD Radeon Graphics"
};

/// Names of devices that are not there are left out.
DeviceNames names_of(const std::vector<Device>& devices, const std::vector<PrintedName>& printed);

/// Finds devices by what drivers print and people type. Never by a part of a word: the words of a name must all be
/// said, and what is said must all be of the name, makers' words and order aside. A size of memory decides between
/// sizes; a laptop's chip is never the desktop's.
class DeviceIndex {
 public:
  /// `names` are those of `devices`, which must outlive it.
  DeviceIndex(const std::vector<Device>& devices, DeviceNames names);

  /// The device that `wanted` means; where `memory` is not 0, one of which a driver reports that much in total.
  /// Candidates where several remain; `nearest` where none does.
  NameMatch find(std::string_view wanted, Bytes memory) const;
  /// All that `wanted` may mean, with `memory` as above: none where nothing bears the name or has that much.
  std::vector<std::size_t> meant(std::string_view wanted, Bytes memory) const;

 private:
  /// Which sizes of memory count.
  struct Size {
    Bytes reported;    ///< by a driver; 0: not known
    bool any = false;  ///< also others than the text says
  };

  /// Entries that are named by what is said, and how well.
  struct Hit {
    std::size_t device = 0;
    int unsaid = 0;      ///< words that tell it from others of that name and were not said
    bool plain = false;  ///< the name says no more than was said
    bool exact = false;  ///< the sizes that were said are the device's, or stand in the name
  };

  std::vector<Hit> hits(const Wanted& wanted, Size size) const;
  void keep_size(std::vector<Hit>& all, Bytes reported) const;
  std::vector<std::size_t> bearers(std::string_view wanted, const SpokenDevice& said, Bytes memory) const;
  std::vector<std::size_t> named(const SpokenDevice& said, Size size) const;
  std::vector<std::size_t> named_variants(SpokenDevice said, Size size) const;
  std::vector<std::size_t> named_jointly(std::string_view wanted) const;
  std::vector<std::size_t> named_in_part(const SpokenDevice& said) const;
  std::vector<std::size_t> of_memory(const std::vector<std::size_t>& found, Bytes memory) const;
  NameMatch decided(const std::vector<std::size_t>& found, Bytes memory) const;
  NameMatch suggestions(std::string_view wanted, const SpokenDevice& said) const;

  const std::vector<Device>& devices_;
  DeviceNames names_;
  std::vector<Nameable> things_;
  std::map<std::string, std::size_t> by_letters_;  ///< ids and what else a device is called
};

}  // namespace lfmfit
