#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "readers/inventory_parts.hpp"

namespace lfmfit {

namespace {

using nlohmann::json;

using Pool = std::pair<std::string, std::string>;  ///< driver, name

std::string attribute(const json& device, const char* key) { return text_at(device, {"attributes", key, "string"}); }

std::int64_t generation(const json& slice) {
  const json& value = value_at(slice, {"spec", "pool", "generation"});
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

Pool pool_of(const json& slice) {
  return {text_at(slice, {"spec", "driver"}), text_at(slice, {"spec", "pool", "name"})};
}

InventoryRow row_of(const json& slice, const json& device) {
  InventoryRow row;
  row.scheduler = Scheduler::kKubernetesClaims;
  row.node = printable(text_at(slice, {"spec", "nodeName"}));
  row.resource = text_at(slice, {"spec", "driver"});
  row.product = attribute(device, "productName");
  if (row.product.empty()) row.product = attribute(device, "model");
  row.label = "productName";
  row.label_value = row.product;
  const auto memory = parse_quantity(text_at(device, {"capacity", "memory", "value"}));
  if (memory && *memory > 0) row.memory = Bytes(*memory);
  if (attribute(device, "type") == "mig") {
    row.profile = attribute(device, "profile");
    row.share = share_of_profile(row.profile);
  }
  row.slots = row.free = 1;
  return row;
}

}  // namespace

void read_resource_slices(const std::string& path, const std::vector<json>& slices, Inventory& inventory) {
  std::map<Pool, std::int64_t> newest;
  for (const json& slice : slices) {
    std::int64_t& known = newest[pool_of(slice)];
    known = std::max(known, generation(slice));
  }
  std::map<std::tuple<std::string, std::string, std::string, std::string>, std::size_t> places;
  for (const json& slice : slices) {
    if (generation(slice) != newest[pool_of(slice)]) continue;  // of an older state of the pool
    std::set<std::string> whole;  // counters that whole GPUs use up: their parts are alternatives
    for (const json& device : value_at(slice, {"spec", "devices"})) {
      if (attribute(device, "type") == "mig") continue;
      for (const json& counter : value_at(device, {"consumesCounters"})) whole.insert(text_at(counter, {"counterSet"}));
    }
    for (const json& device : value_at(slice, {"spec", "devices"})) {
      InventoryRow row = row_of(slice, device);
      if (row.node.empty()) throw Error(ErrorKind::kBadFile, path + ": a slice names no node");
      const bool is_part = !row.profile.empty();
      const auto shares = [&](const json& counter) { return whole.count(text_at(counter, {"counterSet"})) > 0; };
      const json& counters = value_at(device, {"consumesCounters"});
      if (is_part && counters.is_array() && std::any_of(counters.begin(), counters.end(), shares))
        row.unusable = "parts of a GPU that is listed whole; both cannot be had";
      const auto [place, is_new] =
          places.emplace(std::tuple(row.node, row.resource, row.product, row.profile), inventory.rows.size());
      if (is_new) {
        inventory.rows.push_back(std::move(row));
      } else {
        ++inventory.rows[place->second].slots;
        ++inventory.rows[place->second].free;
      }
    }
  }
}

}  // namespace lfmfit
