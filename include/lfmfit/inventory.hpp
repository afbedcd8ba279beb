// What a cluster prints of its GPUs, whatever printed it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/units.hpp"

namespace lfmfit {

/// What an inventory is written for, which decides how a manifest asks for its GPUs.
enum class Scheduler { kNone, kKubernetes, kKubernetesClaims, kSlurm };

/// GPUs of one kind on one node. A slot is what can be asked for: a GPU, or a part of one.
struct InventoryRow {
  std::string node;
  std::string product;               ///< as the inventory calls it: "NVIDIA-H100-80GB-HBM3"
  std::string profile;               ///< of a part: "3g.40gb", "cpx_nps4", "MPS 1/2"; empty: a whole GPU
  std::optional<Bytes> memory;       ///< of one slot; unset: not told
  std::optional<Bytes> free_memory;  ///< of one slot, where that is told
  std::optional<Bytes> ram;          ///< of the node
  std::int64_t slots = 0;
  std::int64_t free = 0;
  std::string id;    ///< of a single GPU on its node, where that is told: its UUID or number
  double share = 1;  ///< of the GPU's bandwidth and compute that a slot has
  Scheduler scheduler = Scheduler::kNone;
  std::string resource;  ///< what asks for a slot: "nvidia.com/gpu", "gpu:h100", a class of devices
  std::string label;     ///< of the node that tells its product, and its value
  std::string label_value;
  std::string pool;      ///< Slurm's partition, or what a list says
  std::string unusable;  ///< why no slot of it can be used; empty: they can
};

/// What inventories say, in the order of their nodes.
struct Inventory {
  std::vector<InventoryRow> rows;
  std::vector<std::string> left_out;  ///< nodes without a GPU, and what was not understood, each with the reason
};

/// The text of an inventory: its name for messages and what it holds.
struct InventoryText {
  std::string path;
  std::string text;
};

/// Reads inventories, each recognised by what it holds: `kubectl get nodes|pods|resourceslices -o json`,
/// `scontrol show node --json`, `nvidia-smi -q -x`, nvidia-smi's CSV, or a CSV
/// "name,device,count,free_gib,ram_gib,pool". Pods take from the nodes what they ask for. Throws Error(kBadFile) naming
/// the file, and the line or node, for what is none of these or is broken.
Inventory read_inventory(const std::vector<InventoryText>& texts);

}  // namespace lfmfit
