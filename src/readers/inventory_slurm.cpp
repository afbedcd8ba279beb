#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "readers/inventory_parts.hpp"

namespace lfmfit {

namespace {

using nlohmann::json;

/// The parts of "gpu:h100:8,shard:a100:4(0/2,0/2)": commas in brackets part nothing.
std::vector<std::string> parts_of(const std::string& gres) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : gres) {
    if (c == '(') ++depth;
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else if (depth == 0) {
      parts.back() += c;
    }
    if (c == ')' && depth > 0) --depth;
  }
  return parts;
}

/// How many GPUs of each type; "" is a type that has no name. What is no GPU does not count.
std::map<std::string, std::int64_t> gpus_of(const std::string& gres) {
  std::map<std::string, std::int64_t> counts;
  for (const std::string& part : parts_of(gres)) {
    if (part.rfind("gpu:", 0) != 0) continue;
    const std::size_t last = part.rfind(':');
    std::int64_t count = 0;
    const auto [rest, error] = std::from_chars(part.data() + last + 1, part.data() + part.size(), count);
    if (error != std::errc() || rest != part.data() + part.size() || count < 0) continue;
    counts[last > 3 ? part.substr(4, last - 4) : ""] += count;
  }
  return counts;
}

/// The states in which nothing new is started.
std::string idle_reason(const json& node) {
  std::set<std::string> states;
  for (const char* key : {"state", "state_flags"}) {
    const json& value = value_at(node, {key});
    if (value.is_string()) states.insert(value.get<std::string>());
    if (!value.is_array()) continue;
    for (const json& state : value) {
      if (state.is_string()) states.insert(state.get<std::string>());
    }
  }
  for (const char* bad : {"DOWN", "DRAIN", "DRAINED", "DRAINING", "FAIL", "FAILING", "NOT_RESPONDING", "MAINTENANCE",
                          "RESERVED", "POWERED_DOWN", "POWERING_DOWN", "UNKNOWN", "FUTURE"}) {
    if (states.count(bad) > 0) return bad;
  }
  return "";
}

std::string first_text(const json& list) {
  return list.is_array() && !list.empty() && list[0].is_string() ? list[0].get<std::string>() : std::string();
}

}  // namespace

void read_slurm_nodes(const std::string& path, const json& document, Inventory& inventory) {
  const json& nodes = value_at(document, {"nodes"});
  if (!nodes.is_array()) throw Error(ErrorKind::kBadFile, path + ": \"nodes\" is no list of nodes");
  for (const json& node : nodes) {
    const std::string name = text_at(node, {"name"});
    if (name.empty()) throw Error(ErrorKind::kBadFile, path + ": a node has no name");
    const auto all = gpus_of(text_at(node, {"gres"}));
    auto used = gpus_of(text_at(node, {"gres_used"}));
    if (all.empty()) inventory.left_out.push_back(printable(name) + ": no GPU that can be asked for");
    for (const auto& [type, count] : all) {
      if (count > kMostSlots)
        throw Error(ErrorKind::kBadFile,
                    fmt::format("{}: node \"{}\" has more than {} GPUs", path, printable(name), kMostSlots));
      InventoryRow row;
      row.scheduler = Scheduler::kSlurm;
      row.node = printable(name);
      row.product = printable(type);
      row.resource = type.empty() ? "gpu" : "gpu:" + printable(type);
      row.pool = printable(first_text(value_at(node, {"partitions"})));
      row.slots = count;
      row.free = std::max<std::int64_t>(count - used[type], 0);
      const std::size_t profile = type.find('_');
      if (profile != std::string::npos && type.find("g.") != std::string::npos) {
        row.profile = printable(type.substr(profile + 1));
        row.product = printable(type.substr(0, profile));
        row.share = share_of_profile(row.profile);
      }
      const json& ram = value_at(node, {"real_memory"});
      if (ram.is_number_integer() && ram.get<double>() > 0 && ram.get<double>() < 1e9)
        row.ram = Bytes(ram.get<std::int64_t>() << 20);
      row.unusable = idle_reason(node);
      if (row.product.empty()) row.unusable = "its GPUs have no type";
      inventory.rows.push_back(std::move(row));
    }
  }
}

}  // namespace lfmfit
