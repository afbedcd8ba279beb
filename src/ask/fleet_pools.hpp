#pragma once

#include <map>
#include <string>
#include <vector>

#include "ask/question.hpp"
#include "lfmfit/fleet.hpp"

namespace lfmfit::ask {

/// What is to be known of an inventory besides what it says.
struct PoolChoices {
  std::map<std::string, std::string> devices;  ///< what a product of the inventory is, as --on takes it
  std::string pool;                            ///< only rows of this Slurm partition or pool of a list; empty: all
};

/// The slots of `inventory` in pools of those that are alike, ordered by name. What cannot be used, or is not
/// understood, is named in `left_out` with the reason.
std::vector<FleetPool> pools_of(const Inventory& inventory, const PoolChoices& choices, Finder& finder,
                                std::vector<std::string>& left_out);

}  // namespace lfmfit::ask
