#include "lfmfit/fleet.hpp"

#include <algorithm>
#include <numeric>

#include "core/answer/fleet_option.hpp"

namespace lfmfit {

namespace {

/// The memory of the slots that a replica takes, for each of its users.
double memory_for_each(const FleetOption& option, const FleetPool& pool) {
  return static_cast<double>(option.gpus) * in_gb(pool.device.memory) / static_cast<double>(option.users);
}

/// Pools that run a model, the thriftiest first.
std::vector<std::size_t> thriftiest(const std::vector<FleetOption>& options, const std::vector<FleetPool>& pools) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (options[i].gpus > 0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return memory_for_each(options[a], pools[a]) < memory_for_each(options[b], pools[b]);
  });
  return order;
}

/// The least memory that a replica of a model takes: what makes it hard to place.
double hardness(const std::vector<FleetOption>& options, const std::vector<FleetPool>& pools) {
  double least = 0;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (options[i].gpus == 0) continue;
    const double memory = static_cast<double>(options[i].gpus) * in_gb(pools[i].device.memory);
    least = least > 0 ? std::min(least, memory) : memory;
  }
  return least;
}

/// Places replicas one by one, each on the node with the fewest free slots that has enough of them.
class NodePacker {
 public:
  explicit NodePacker(FleetPool& pool) : pool_(pool) {}

  std::int64_t room(int gpus) const {
    return std::accumulate(pool_.nodes.begin(), pool_.nodes.end(), std::int64_t{0},
                           [&](std::int64_t sum, const FleetNode& node) { return sum + node.free / gpus; });
  }

  std::vector<FleetSeat> take(std::int64_t replicas, int gpus) {
    std::vector<FleetNode*> order;
    for (FleetNode& node : pool_.nodes) order.push_back(&node);
    std::stable_sort(order.begin(), order.end(),
                     [](const FleetNode* a, const FleetNode* b) { return a->free < b->free; });
    std::vector<FleetSeat> taken;
    for (FleetNode* node : order) {
      const std::int64_t here = std::min(node->free / gpus, replicas);
      if (here == 0) continue;
      node->free -= here * gpus;
      replicas -= here;
      taken.push_back({node->name, here, ids_of(*node, static_cast<std::size_t>(here * gpus))});
    }
    return taken;
  }

 private:
  static std::vector<std::string> ids_of(FleetNode& node, std::size_t count) {
    if (node.ids.size() < count) return {};
    const auto end = node.ids.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<std::string> taken(node.ids.begin(), end);
    node.ids.erase(node.ids.begin(), end);
    return taken;
  }

  FleetPool& pool_;
};

std::int64_t divided_up(std::int64_t count, std::int64_t by) { return (count + by - 1) / by; }

/// Serves as many of `users` as the pool has room for; returns how many are left.
std::int64_t place(FleetPlan& plan, std::size_t model, std::size_t pool, std::int64_t users) {
  const FleetOption& option = plan.options[model][pool];
  NodePacker packer(plan.pools[pool]);
  const std::int64_t replicas = std::min(divided_up(users, option.users), packer.room(option.gpus));
  if (replicas == 0) return users;
  FleetPlacement placement;
  placement.model = model;
  placement.pool = pool;
  placement.gpus = option.gpus;
  placement.users = std::min(option.users, divided_up(users, replicas));
  placement.estimate =
      estimate_replica(plan.models[model], plan.pools[pool], placement.gpus, placement.users, placement.question);
  placement.seats = packer.take(replicas, option.gpus);
  const std::int64_t served = std::min(users, replicas * placement.users);
  plan.placements.push_back(std::move(placement));
  return users - served;
}

}  // namespace

std::int64_t FleetPool::free() const {
  return std::accumulate(nodes.begin(), nodes.end(), std::int64_t{0},
                         [](std::int64_t sum, const FleetNode& node) { return sum + node.free; });
}

std::int64_t FleetPool::slots() const {
  return std::accumulate(nodes.begin(), nodes.end(), std::int64_t{0},
                         [](std::int64_t sum, const FleetNode& node) { return sum + node.slots; });
}

std::int64_t FleetPlacement::replicas() const {
  return std::accumulate(seats.begin(), seats.end(), std::int64_t{0},
                         [](std::int64_t sum, const FleetSeat& seat) { return sum + seat.replicas; });
}

bool FleetPlan::serves_all() const {
  return std::all_of(unserved.begin(), unserved.end(), [](std::int64_t users) { return users == 0; });
}

FleetPlan plan_fleet(std::vector<FleetPool> pools, std::vector<FleetModel> models) {
  FleetPlan plan;
  plan.pools = std::move(pools);
  plan.models = std::move(models);
  for (const FleetModel& model : plan.models) {
    std::vector<FleetOption>& options = plan.options.emplace_back();
    for (const FleetPool& pool : plan.pools) options.push_back(option_of(model, pool));
    plan.unserved.push_back(model.users);
  }
  std::vector<std::size_t> hardest(plan.models.size());
  std::iota(hardest.begin(), hardest.end(), std::size_t{0});
  std::stable_sort(hardest.begin(), hardest.end(), [&](std::size_t a, std::size_t b) {
    return hardness(plan.options[a], plan.pools) > hardness(plan.options[b], plan.pools);
  });
  for (const std::size_t model : hardest) {
    for (const std::size_t pool : thriftiest(plan.options[model], plan.pools)) {
      std::int64_t& users = plan.unserved[model];
      if (users > 0) users = place(plan, model, pool, users);
    }
  }
  return plan;
}

}  // namespace lfmfit
