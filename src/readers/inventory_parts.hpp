#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "lfmfit/inventory.hpp"

namespace lfmfit {

/// The readers behind read_inventory, one a form. Each adds to `inventory` and throws Error(kBadFile).
void read_kubernetes_node(const std::string& path, const nlohmann::json& node, Inventory& inventory);
/// Takes what a pod asks for from the nodes that were read.
void take_pod(const nlohmann::json& pod, Inventory& inventory);
/// All slices of a cluster at once, since a pool's devices may be spread over several.
void read_resource_slices(const std::string& path, const std::vector<nlohmann::json>& slices, Inventory& inventory);
void read_slurm_nodes(const std::string& path, const nlohmann::json& document, Inventory& inventory);
void read_nvidia_smi_xml(const std::string& path, const std::string& text, Inventory& inventory);
void read_inventory_csv(const std::string& path, const std::string& text, Inventory& inventory);

/// Slots that a node may have: more are a mistake.
constexpr std::int64_t kMostSlots = 4096;

/// Kubernetes' quantity ("8", "81559Mi", "1k") as a whole number; unset: it is none, or more than 10^15.
std::optional<std::int64_t> parse_quantity(std::string_view text);

/// The text at `path` of `value` ("metadata", "name"); empty where there is none.
std::string text_at(const nlohmann::json& value, std::initializer_list<const char*> path);

/// The value at `path`; null where there is none.
const nlohmann::json& value_at(const nlohmann::json& value, std::initializer_list<const char*> path);

/// The share of a GPU's bandwidth that a MIG profile has: of "3g.40gb" on a GPU of 80 GiB four of eight memory slices.
double share_of_profile(std::string_view profile);

}  // namespace lfmfit
