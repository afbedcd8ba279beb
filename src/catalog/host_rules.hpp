// How fast a host reads its RAM, where the machine does not say it: rows by processor, and by card that it lies beside.
#pragma once

#include <string>
#include <vector>

#include "catalog/row_table.hpp"
#include "lfmfit/device.hpp"
#include "lfmfit/host.hpp"

namespace lfmfit {

/// A row of data/host_memory.json.
struct HostRule {
  std::string name;
  std::string vendor;                           ///< of the processor; empty: any
  int family = 0;                               ///< 0: any
  std::vector<std::int64_t> models, steppings;  ///< empty: any
  std::vector<std::string> names;               ///< one of which the processor's name contains; empty: any
  bool is_beside = false;                       ///< about the machine around a card instead
  int from_year = 0;                            ///< of the card
  std::vector<std::string> segments;            ///< of the card; empty: any
  double channels = 0;                          ///< of 64 bits
  std::string memory;                           ///< "DDR5"
  double low = 0, value = 0, high = 0;          ///< millions of transfers a second
  double read_share = 0;
  bool is_virtual = false;  ///< about virtual machines instead: what one core reads
  Bandwidth core_low, core, core_high;
  std::string source;
};

/// Throws Error(kBadFile) naming file, row and key.
HostRule read_host_rule(const RowText& row);

/// What the rows make of a host: the last that is about it holds.
class HostRules {
 public:
  explicit HostRules(std::vector<HostRule> rules);

  HostBandwidth bandwidth(const Host& host) const;
  /// The host that is usual beside `device`, of which nothing but the bandwidth is said.
  Host beside(const Device& device) const;

 private:
  std::vector<HostRule> rules_;
  std::vector<Host> beside_;  ///< of each rule about the machine around a card; of others nothing
};

}  // namespace lfmfit
