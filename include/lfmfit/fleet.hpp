// Fleets: which GPUs of a cluster run which model, for how many users, and what is left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lfmfit/estimate.hpp"
#include "lfmfit/inventory.hpp"

namespace lfmfit {

/// A node that has slots of a pool.
struct FleetNode {
  std::string name;
  std::int64_t slots = 0;
  std::int64_t free = 0;
  std::vector<std::string> ids;  ///< of the free slots, where they are told
};

/// Slots that are alike, on whatever node.
struct FleetPool {
  std::string name;  ///< "H100 80GB HBM3", with the profile of a part
  Device device;     ///< one slot
  const Backend* backend = nullptr;
  InventoryRow row;      ///< of one of the nodes: what asks for a slot
  bool is_part = false;  ///< of a GPU: then only one slot serves a replica, and speeds are unmeasured
  std::vector<FleetNode> nodes;

  std::int64_t free() const;
  std::int64_t slots() const;
};

/// One model that a fleet is to serve.
struct FleetModel {
  std::string name;        ///< letters, digits and hyphens: what manifests call it
  Question question;       ///< with one slot and the context of one user; its device and backend do not count
  std::int64_t users = 1;  ///< at once
  std::optional<TokenRate> min_speed;  ///< of each user while all of them generate: the low edge of the band
};

/// One model on one pool: a replica lies on the least number of its slots, all on one node.
struct FleetOption {
  std::int64_t free = 0;             ///< slots, before anything is placed
  int gpus = 0;                      ///< of a replica; 0: it does not run there
  std::int64_t users = 0;            ///< the most that a replica serves
  std::int64_t replicas = 0;         ///< that fit the pool where nothing else does
  std::optional<Estimate> estimate;  ///< with so many users, or with one where it does not run
  std::string why_not;               ///< where it does not run
};

/// Replicas on one node.
struct FleetSeat {
  std::string node;
  std::int64_t replicas = 0;
  std::vector<std::string> ids;  ///< of their slots, one replica's after the other's; empty: not told
};

/// Replicas of a model on a pool.
struct FleetPlacement {
  std::size_t model = 0, pool = 0;  ///< places in the plan
  int gpus = 1;                     ///< of a replica
  std::int64_t users = 1;           ///< of a replica
  Question question;                ///< as asked of a replica
  Estimate estimate;
  std::vector<FleetSeat> seats;

  std::int64_t replicas() const;
};

/// What runs where.
struct FleetPlan {
  std::vector<FleetPool> pools;  ///< with what is left free
  std::vector<FleetModel> models;
  std::vector<std::vector<FleetOption>> options;  ///< of each model on each pool, as if it were alone
  std::vector<FleetPlacement> placements;
  std::vector<std::int64_t> unserved;  ///< users of each model that no slot is left for
  std::vector<std::string> left_out;   ///< of the inventory, each with the reason

  bool serves_all() const;
};

/// Places `models` on `pools`: the hardest first; each on the pools that need the least memory for a user, and there on
/// the nodes with the fewest free slots. A replica never spans nodes. Users are spread evenly over the replicas of a
/// pool.
FleetPlan plan_fleet(std::vector<FleetPool> pools, std::vector<FleetModel> models);

}  // namespace lfmfit
