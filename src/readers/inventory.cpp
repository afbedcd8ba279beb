#include "lfmfit/inventory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "readers/bounded_json.hpp"
#include "readers/inventory_parts.hpp"
#include "readers/named_file.hpp"

namespace lfmfit {

namespace {

using nlohmann::json;

/// Reads the objects of Kubernetes that a JSON document is or lists. Pods are kept for later, when all nodes are known.
void read_kubernetes(const std::string& path, const json& document, Inventory& inventory, std::vector<json>& pods) {
  std::vector<json> items;
  if (const json& list = value_at(document, {"items"}); list.is_array()) {
    items.assign(list.begin(), list.end());
  } else {
    items.push_back(document);
  }
  std::vector<json> slices;
  for (const json& item : items) {
    const std::string kind = text_at(item, {"kind"});
    if (kind == "Node") {
      read_kubernetes_node(path, item, inventory);
    } else if (kind == "Pod") {
      pods.push_back(item);
    } else if (kind == "ResourceSlice") {
      slices.push_back(item);
    } else {
      refuse(path, fmt::format("lists a \"{}\"; nodes, pods and resourceslices are understood", printable(kind)));
    }
  }
  read_resource_slices(path, slices, inventory);
}

void read_json(const InventoryText& file, Inventory& inventory, std::vector<json>& pods) {
  const json document = parse_json_object(file.path, file.text);
  if (document.contains("nodes")) {
    read_slurm_nodes(file.path, document, inventory);
  } else if (document.contains("kind") || document.contains("items")) {
    read_kubernetes(file.path, document, inventory, pods);
  } else {
    refuse(file.path,
           "is JSON of no kind that is understood; `kubectl get nodes -o json` and `scontrol show node --json` are");
  }
}

}  // namespace

std::optional<std::int64_t> parse_quantity(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 11> kSuffixes = {{{"", 1},
                                                                              {"k", 1e3},
                                                                              {"M", 1e6},
                                                                              {"G", 1e9},
                                                                              {"T", 1e12},
                                                                              {"Ki", 1024.0},
                                                                              {"Mi", 1048576.0},
                                                                              {"Gi", 1073741824.0},
                                                                              {"Ti", 1099511627776.0},
                                                                              {"m", 1e-3},
                                                                              {"K", 1e3}}};
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || !(number >= 0)) return std::nullopt;
  const std::string_view suffix(rest, static_cast<std::size_t>(end - rest));
  for (const auto& [name, factor] : kSuffixes) {
    if (suffix == name && number * factor <= 1e15) return static_cast<std::int64_t>(number * factor);
  }
  return std::nullopt;
}

const json& value_at(const json& value, std::initializer_list<const char*> path) {
  static const json kNone;
  const json* at = &value;
  for (const char* key : path) {
    if (!at->is_object()) return kNone;
    const auto found = at->find(key);
    if (found == at->end()) return kNone;
    at = &*found;
  }
  return *at;
}

std::string text_at(const json& value, std::initializer_list<const char*> path) {
  const json& found = value_at(value, path);
  return found.is_string() ? found.get<std::string>() : std::string();
}

double share_of_profile(std::string_view profile) {
  // memory slices of a GPU's eight: 1g has one, 2g two, 3g and 4g four, 7g all; ".Ngb" of 1g may be two slices
  const std::array<std::pair<std::string_view, double>, 5> shares = {
      {{"1g.", 1.0 / 8}, {"2g.", 2.0 / 8}, {"3g.", 4.0 / 8}, {"4g.", 4.0 / 8}, {"7g.", 1.0}}};
  for (const auto& [start, share] : shares) {
    if (profile.substr(0, start.size()) == start) return share;
  }
  return 1.0 / 8;
}

Inventory read_inventory(const std::vector<InventoryText>& texts) {
  Inventory inventory;
  std::vector<json> pods;
  for (const InventoryText& file : texts) {
    const std::size_t first = file.text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (first == std::string::npos) refuse(file.path, "is empty");
    if (file.text[first] == '{') {
      read_json(file, inventory, pods);
    } else if (file.text[first] == '<') {
      read_nvidia_smi_xml(file.path, file.text, inventory);
    } else {
      read_inventory_csv(file.path, file.text, inventory);
    }
  }
  for (const json& pod : pods) take_pod(pod, inventory);
  return inventory;
}

}  // namespace lfmfit
