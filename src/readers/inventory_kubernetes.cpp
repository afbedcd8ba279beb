#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "readers/inventory_parts.hpp"

namespace lfmfit {

namespace {

using nlohmann::json;

constexpr std::int64_t kMiB = std::int64_t{1} << 20;

std::string label(const json& node, const std::string& key) {
  return text_at(node, {"metadata", "labels", key.c_str()});
}

/// A label in MiB; unset where it is none, or 0.
std::optional<Bytes> mebibytes(const json& node, const std::string& key) {
  const auto number = parse_quantity(label(node, key));
  if (!number || *number <= 0 || *number > (std::int64_t{1} << 30)) return std::nullopt;
  return Bytes(*number * kMiB);
}

/// Why nothing new is started on a node; empty: it is.
std::string unschedulable(const json& node) {
  if (value_at(node, {"spec", "unschedulable"}) == true) return "cordoned";
  for (const json& condition : value_at(node, {"status", "conditions"})) {
    if (text_at(condition, {"type"}) == "Ready" && text_at(condition, {"status"}) != "True") return "not ready";
  }
  return "";
}

/// Takes `end` from the end of `text`, if it is there.
bool take_end(std::string& text, const std::string& end) {
  if (text.size() < end.size() || text.compare(text.size() - end.size(), end.size(), end) != 0) return false;
  text.erase(text.size() - end.size());
  return true;
}

/// Sets what GPU feature discovery says of a node's NVIDIA GPUs.
void describe_nvidia(const json& node, InventoryRow& row) {
  const std::string key = "nvidia.com/gpu.product";
  row.label = key;
  row.label_value = label(node, key);
  row.product = row.label_value;
  row.memory = mebibytes(node, "nvidia.com/gpu.memory");
  const std::string sharing = label(node, "nvidia.com/gpu.sharing-strategy");
  const std::int64_t replicas = parse_quantity(label(node, "nvidia.com/gpu.replicas")).value_or(1);
  take_end(row.product, "-SHARED");
  const std::size_t mig = row.product.find("-MIG-");
  if (mig != std::string::npos) {
    row.profile = row.product.substr(mig + 5);
    row.product.erase(mig);
    row.share = share_of_profile(row.profile);
    if (row.profile == "INVALID") row.unusable = "MIG is on and has no instances";
  } else if (sharing == "mps" && replicas > 1) {
    row.profile = fmt::format("MPS 1/{}", replicas);
    row.share = 1.0 / static_cast<double>(replicas);
    if (row.memory) row.memory = Bytes(row.memory->count() / replicas);
  } else if (replicas > 1) {
    row.profile = fmt::format("time-sliced 1/{}", replicas);
    row.unusable = "time-slicing does not divide the memory, so what its slots have is not known";
  }
}

/// "nvidia.com/mig-3g.40gb" as a part of the node's product.
void describe_mig(const json& node, const std::string& resource, InventoryRow& row) {
  row.profile = resource.substr(resource.find("mig-") + 4);
  row.label = "nvidia.com/gpu.product";
  row.label_value = label(node, row.label);
  row.product = row.label_value;
  row.memory = mebibytes(node, resource + ".memory");
  row.share = share_of_profile(row.profile);
}

void describe_amd(const json& node, const std::string& resource, InventoryRow& row) {
  row.label = "amd.com/gpu.product-name";
  row.label_value = label(node, row.label);
  if (row.label_value.empty()) {
    row.label = "beta." + row.label;
    row.label_value = label(node, row.label);
  }
  row.product = row.label_value;
  if (row.product.empty()) row.unusable = "cards of several kinds behind one resource";
  std::string vram = label(node, "amd.com/gpu.vram");
  if (vram.empty()) vram = label(node, "beta.amd.com/gpu.vram");
  const auto gibibytes = take_end(vram, "G") ? parse_quantity(vram) : std::nullopt;
  if (gibibytes && *gibibytes < 100'000) row.memory = from_gib(static_cast<double>(*gibibytes));
  if (resource == "amd.com/gpu") return;
  row.profile = resource.substr(resource.find('/') + 1);  // "cpx_nps4": one of eight
  row.share = 1.0 / 8;
  if (row.memory) row.memory = Bytes(row.memory->count() / 8);
}

/// What clouds say of a node without feature discovery.
void describe_by_cloud(const json& node, InventoryRow& row) {
  for (const char* key : {"cloud.google.com/gke-accelerator", "karpenter.k8s.aws/instance-gpu-name",
                          "eks.amazonaws.com/instance-gpu-name"}) {
    if (!row.product.empty() || label(node, key).empty()) continue;
    row.label = key;
    row.label_value = row.product = label(node, key);
  }
  for (const char* key : {"karpenter.k8s.aws/instance-gpu-memory", "eks.amazonaws.com/instance-gpu-memory"}) {
    if (!row.memory) row.memory = mebibytes(node, key);
  }
}

bool starts_with(const std::string& text, const char* start) { return text.rfind(start, 0) == 0; }

bool is_gpu(const std::string& resource) {
  return resource == "nvidia.com/gpu" || resource == "nvidia.com/gpu.shared" ||
         starts_with(resource, "nvidia.com/mig-") || resource == "amd.com/gpu" ||
         starts_with(resource, "amd.com/cpx") || starts_with(resource, "amd.com/dpx") ||
         starts_with(resource, "amd.com/qpx") || starts_with(resource, "gpu.intel.com/");
}

InventoryRow row_of(const json& node, const std::string& resource, std::int64_t slots) {
  InventoryRow row;
  row.scheduler = Scheduler::kKubernetes;
  row.node = printable(text_at(node, {"metadata", "name"}));
  row.resource = resource;
  row.slots = row.free = slots;
  if (const auto ram = parse_quantity(text_at(node, {"status", "allocatable", "memory"})); ram && *ram > 0)
    row.ram = Bytes(*ram);
  if (starts_with(resource, "nvidia.com/mig-")) {
    describe_mig(node, resource, row);
  } else if (starts_with(resource, "nvidia.com/")) {
    describe_nvidia(node, row);
    describe_by_cloud(node, row);
  } else if (starts_with(resource, "amd.com/")) {
    describe_amd(node, resource, row);
  } else {
    row.label = "gpu.intel.com/product";
    row.label_value = row.product = label(node, row.label);
  }
  if (const std::string why = unschedulable(node); !why.empty()) row.unusable = why;
  return row;
}

}  // namespace

void read_kubernetes_node(const std::string& path, const json& node, Inventory& inventory) {
  const std::string name = text_at(node, {"metadata", "name"});
  if (name.empty()) throw Error(ErrorKind::kBadFile, path + ": a node has no name");
  bool any = false, empty_gpu = false;
  for (const auto& [resource, value] : value_at(node, {"status", "allocatable"}).items()) {
    if (!is_gpu(resource)) continue;
    const auto slots = value.is_string() ? parse_quantity(value.get<std::string>()) : std::nullopt;
    if (!slots || *slots > kMostSlots) {
      throw Error(ErrorKind::kBadFile, fmt::format("{}: node \"{}\": {} is no number of GPUs from 0 to {}", path,
                                                   printable(name), printable(resource), kMostSlots));
    }
    empty_gpu = empty_gpu || *slots == 0;
    if (*slots == 0) continue;
    inventory.rows.push_back(row_of(node, resource, *slots));
    any = true;
  }
  if (any) return;
  const bool invalid = label(node, "nvidia.com/gpu.product").find("-MIG-INVALID") != std::string::npos;
  const char* why = invalid     ? "MIG is on and has no instances"
                    : empty_gpu ? "none of its GPUs can be asked for"
                                : "no GPU that can be asked for";
  inventory.left_out.push_back(fmt::format("{}: {}", printable(name), why));
}

void take_pod(const json& pod, Inventory& inventory) {
  const std::string phase = text_at(pod, {"status", "phase"}), node = text_at(pod, {"spec", "nodeName"});
  if (node.empty() || phase == "Succeeded" || phase == "Failed") return;
  for (const json& container : value_at(pod, {"spec", "containers"})) {
    for (const auto& [resource, value] : value_at(container, {"resources", "limits"}).items()) {
      const auto count = value.is_string() ? parse_quantity(value.get<std::string>()) : std::nullopt;
      for (InventoryRow& row : inventory.rows) {
        if (row.node == node && row.resource == resource && count)
          row.free = std::max<std::int64_t>(row.free - *count, 0);
      }
    }
  }
}

}  // namespace lfmfit
