// What memory a process finds on hardware whose row does not say it: rules by vendor, generation and size.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/row_table.hpp"
#include "lfmfit/device.hpp"

namespace lfmfit {

/// Of what the driver lists, what the backend reports as total to a process: a share of it, less what the driver
/// keeps. Each with the least, the usual and the most that were seen.
struct TotalRule {
  struct Spread {
    double low = 0, value = 0, high = 0;
  };
  Spread share;
  Spread kept_mib;
  double kept_mib_per_gib = 0;  ///< of the marketed memory, besides
  Bytes exactly;                ///< instead of all that; 0: by the above
  std::string note;
};

/// What an idle Windows desktop leaves less of what the driver lists.
struct WindowsRule {
  ByteRange bytes;
  double mib_per_gib = 0;  ///< besides
};

/// The knob of a pool, and what of it to leave to the system.
struct KnobRule {
  std::string setting;
  Bytes unit;
  std::string how;  ///< with {} for the value
  MemoryPart leaves;
  std::string source;
};

/// A row of data/memory_rules.json: which devices it is about, and what it says of them.
struct MemoryRule {
  std::string vendor, compute_capability;                                  ///< empty: any
  std::vector<DeviceClass> classes;                                        ///< empty: any
  std::vector<std::string> segments, generations, backends, memory_types;  ///< empty: any
  Bytes memory;                                                            ///< 0: any
  double reported_share = 0;                                               ///< 0: says nothing of it; so for all below
  std::optional<TotalRule> total;
  std::optional<ByteRange> desktop;
  std::optional<WindowsRule> windows;
  std::optional<KnobRule> knob;
  std::optional<MemoryPart> system;
};

/// Throws Error(kBadFile) naming file, row and key.
MemoryRule read_memory_rule(const RowText& row);

/// What the rules make of the figures of a device that its row states: of each kind the last rule that is about the
/// device holds.
class MemoryRules {
 public:
  MemoryRules() = default;
  explicit MemoryRules(std::vector<MemoryRule> rules) : rules_(std::move(rules)) {}

  /// What the driver lists of its memory.
  Bytes reported(const Device& device) const;
  /// What a process finds of Device::reported; all of it where no rule is about the device.
  ByteRange total(const Device& device) const;
  /// Why; empty where no rule is about the device.
  std::string note(const Device& device) const;
  std::optional<DesktopUse> desktop(const Device& device) const;
  /// Unset too where it would give the GPU no more than Device::usable.
  std::optional<MemoryKnob> knob(const Device& device) const;
  MemoryPart system(const Device& device) const;

 private:
  /// The last rule about `device` whose `part` is set; null: none.
  template <class Part>
  const MemoryRule* last(const Device& device, Part MemoryRule::*part) const;

  std::vector<MemoryRule> rules_;
};

}  // namespace lfmfit
