#include "ask/fleet_pools.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <tuple>

#include "core/base/decimal.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

constexpr double kMostDifference = 0.06;  // between what an inventory and the catalogue say of one GPU's memory

std::string gib_text(Bytes bytes) { return fmt::format("{:.1f} GiB", in_gib(bytes)); }

Bytes scaled(Bytes bytes, double factor) { return Bytes(std::llround(static_cast<double>(bytes.count()) * factor)); }

/// What labels and resources make of blanks, and what AMD puts behind its modules' names, taken back.
std::string spoken(std::string product) {
  std::replace(product.begin(), product.end(), '_', ' ');
  constexpr std::string_view kModule = " OAM";
  const bool module =
      product.size() > kModule.size() && product.compare(product.size() - kModule.size(), kModule.size(), kModule) == 0;
  return module ? product.substr(0, product.size() - kModule.size()) : product;
}

std::string as_id(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == ' ' || c == '_') c = '-';
  }
  return text;
}

/// Throws where a scheduler's bare word may stand for several GPUs: taking one of them would promise its memory.
void require_one(const std::string& product, const Catalog& catalog) {
  const std::string id = as_id(product);
  std::string several;
  std::size_t count = 0;
  for (const Device& device : catalog.devices()) {
    if (device.id == id) return;
    const bool begins = device.id.compare(0, id.size() + 1, id + "-") == 0 && device.gpus == 1;
    if (begins && ++count <= 6) several += (several.empty() ? "" : ", ") + device.id;
  }
  if (count > 1)
    throw Error(ErrorKind::kUnknownDevice,
                fmt::format("\"{}\" may be {}{}", product, several, count > 6 ? ", ..." : ""));
}

/// The memory of a part that only its profile tells: of "1g.10gb" 9.5 GiB, since drivers keep some of it.
std::optional<Bytes> memory_of(const std::string& profile) {
  const std::size_t point = profile.find('.');
  double gibibytes = 0;
  const char* end = profile.data() + profile.size();
  if (point == std::string::npos) return std::nullopt;
  const auto [rest, error] = decimal_from(profile.data() + point + 1, end, gibibytes);
  const bool is_size = error == std::errc() && std::string_view(rest, static_cast<std::size_t>(end - rest)) == "gb";
  return is_size && gibibytes > 0 && gibibytes < 1000 ? std::optional(from_gib(0.95 * gibibytes)) : std::nullopt;
}

/// What drivers list of one GPU.
Bytes listed_memory(const Device& device) { return device.reported > Bytes(0) ? device.reported : device.memory; }

/// `device` as the part of it that a row speaks of. What is stated is the part's memory; the same share of it can be
/// used as of the whole.
Device part_of(const Device& device, const InventoryRow& row) {
  Device part = device;
  part.id = device.id + "-" + row.profile;
  part.memory = row.memory ? *row.memory : memory_of(row.profile).value_or(scaled(device.memory, row.share));
  const double usable = static_cast<double>(device.usable.count()) / static_cast<double>(listed_memory(device).count());
  part.usable = std::min(scaled(part.memory, usable), part.memory);
  part.reported = part.memory;
  part.total = {part.usable, part.usable, part.usable};
  part.bandwidth = device.bandwidth * row.share;
  part.fp32 = device.fp32 * row.share;
  part.fp16 = device.fp16 * row.share;
  part.desktop.reset();
  return part;
}

/// Why a row and the catalogue do not speak of one GPU; empty: they do.
std::string disagreement(const Device& device, const InventoryRow& row) {
  if (!row.profile.empty() || !row.memory || device.device_class == DeviceClass::kUnified) return "";
  const double ratio = static_cast<double>(row.memory->count()) / static_cast<double>(listed_memory(device).count());
  if (std::abs(ratio - 1) <= kMostDifference) return "";
  return fmt::format("the inventory says {} and lfmfit {} for {}; name the GPU with --gpu \"{}=DEVICE\"",
                     gib_text(*row.memory), gib_text(listed_memory(device)), device.id, row.product);
}

/// Finds the device of each row, once a product.
class RowDevices {
 public:
  RowDevices(const PoolChoices& choices, Finder& finder) : choices_(choices), finder_(finder) {}

  /// Throws Error where nothing, or too much, is called so.
  Device device_of(const InventoryRow& row) {
    const auto choice = choices_.devices.find(row.product);
    const bool whole = row.profile.empty();
    const Bytes memory = whole && row.memory ? *row.memory : Bytes(0);
    const Device& found = choice != choices_.devices.end() ? finder_.devices.find(choice->second)
                          : row.scheduler == Scheduler::kNone && memory == Bytes(0) ? finder_.devices.find(row.product)
                                                                                    : named(row, memory);
    if (found.gpus != 1)
      throw Error(ErrorKind::kBadRequest, "\"" + row.product + "\" is several GPUs; name one and count them");
    if (const std::string why = disagreement(found, row); !why.empty()) throw Error(ErrorKind::kBadRequest, why);
    Device device = whole ? found : part_of(found, row);
    if (row.free_memory) device.usable = std::min(device.usable, *row.free_memory);
    return device;
  }

 private:
  /// A name that memory makes unique, or by itself: what is stated may be rounded.
  const Device& named(const InventoryRow& row, Bytes memory) {
    const std::string product = spoken(row.product);
    const auto key = std::pair(product, memory.count());
    const auto known = found_.find(key);
    if (known != found_.end()) return *known->second;
    if (!row.memory) require_one(product, finder_.catalog);
    const Device* device = nullptr;
    try {
      device = &finder_.catalog.device(product);
    } catch (const Error&) {
      if (memory == Bytes(0)) throw;
      device = &finder_.catalog.device(product, memory);
    }
    return *found_.emplace(key, device).first->second;
  }

  const PoolChoices& choices_;
  Finder& finder_;
  std::map<std::pair<std::string, std::int64_t>, const Device*> found_;
};

std::string pool_name(const Device& device, const InventoryRow& row) {
  std::string name = device.name;
  if (!row.profile.empty()) name += ", " + row.profile;
  if (row.free_memory && device.usable == *row.free_memory) name += ", " + gib_text(device.usable) + " free";
  return name;
}

void add_node(FleetPool& pool, const InventoryRow& row) {
  const auto same =
      std::find_if(pool.nodes.begin(), pool.nodes.end(), [&](const FleetNode& node) { return node.name == row.node; });
  FleetNode& node = same == pool.nodes.end() ? pool.nodes.emplace_back(FleetNode{row.node, 0, 0, {}}) : *same;
  node.slots += row.slots;
  node.free += row.free;
  if (!row.id.empty()) node.ids.push_back(row.id);
}

std::string reason_of(const Error& error, const InventoryRow& row) {
  if (row.product.empty()) return "its product is not told";
  const std::string hint = row.memory ? "" : fmt::format("; say which with --gpu \"{}=DEVICE\"", row.product);
  return error.kind() == ErrorKind::kUnknownDevice ? error.what() + hint : error.what();
}

}  // namespace

std::vector<FleetPool> pools_of(const Inventory& inventory, const PoolChoices& choices, Finder& finder,
                                std::vector<std::string>& left_out) {
  using Key = std::tuple<std::string, std::string, std::string, std::string, std::string, std::int64_t>;
  std::map<Key, FleetPool> pools;
  RowDevices devices(choices, finder);
  left_out.insert(left_out.end(), inventory.left_out.begin(), inventory.left_out.end());
  for (const InventoryRow& row : inventory.rows) {
    if (!choices.pool.empty() && row.pool != choices.pool) continue;
    const std::string what =
        fmt::format("{}: {}{}{}", row.node, row.product, row.profile.empty() ? "" : ", ", row.profile);
    if (!row.unusable.empty()) {
      left_out.push_back(what + ": " + row.unusable);
      continue;
    }
    try {
      const Device device = devices.device_of(row);
      const Backend& backend = finder.catalog.backend(device.backend);
      FleetPool& pool =
          pools[{pool_name(device, row), row.profile, row.resource, row.label_value, row.pool, device.usable.count()}];
      if (pool.nodes.empty()) {
        pool.name = pool_name(device, row);
        pool.device = device;
        pool.backend = &backend;
        pool.row = row;
        pool.is_part = !row.profile.empty();
      }
      add_node(pool, row);
    } catch (const Error& error) {
      left_out.push_back(what + ": " + reason_of(error, row));
    }
  }
  std::vector<FleetPool> result;
  for (auto& [key, pool] : pools) result.push_back(std::move(pool));
  return result;
}

}  // namespace lfmfit::ask
