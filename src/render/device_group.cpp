#include "render/device_group.hpp"

#include <algorithm>

#include "render/figures.hpp"

namespace lfmfit::render {

namespace {

const std::string kUnit = "GB";

/// Where the size of the memory begins that ends `name`; npos: it ends otherwise.
std::size_t size_in(const std::string& name) {
  const std::size_t unit = name.size() - std::min(name.size(), kUnit.size());
  if (name.substr(unit) != kUnit) return std::string::npos;
  const std::size_t start = name.find_last_not_of("0123456789", unit == 0 ? 0 : unit - 1) + 1;
  return start > 1 && start < unit && name[start - 1] == ' ' ? start : std::string::npos;
}

std::string speeds_text(const DeviceRow& row) {
  if (!row.speed) return "";
  const Speed& speed = *row.speed;
  return band_text(speed.decode) + (speed.prefill ? " " + rate_text(speed.prefill->value) : "");
}

bool differ_in_memory_only(const DeviceRow& a, const DeviceRow& b) {
  const std::string &first = a.device->name, &second = b.device->name;
  const std::size_t size = size_in(first);
  return size != std::string::npos && size_in(second) == size && first.compare(0, size, second, 0, size) == 0 &&
         a.backend == b.backend && a.fit.verdict == b.fit.verdict && a.fit.required == b.fit.required &&
         speeds_text(a) == speeds_text(b);
}

}  // namespace

std::string DeviceGroup::name() const { return smallest().device->name + (rows.size() > 1 ? "+" : ""); }

std::vector<DeviceGroup> device_groups(const std::vector<DeviceRow>& rows, bool together) {
  std::vector<DeviceGroup> groups;
  for (const DeviceRow& row : rows) {
    const bool joins = together && !groups.empty() && differ_in_memory_only(groups.back().smallest(), row);
    if (!joins) groups.emplace_back();
    groups.back().rows.push_back(&row);
  }
  for (DeviceGroup& group : groups) {
    std::stable_sort(group.rows.begin(), group.rows.end(),
                     [](const DeviceRow* a, const DeviceRow* b) { return a->device->memory < b->device->memory; });
  }
  return groups;
}

std::size_t devices_in(const std::vector<DeviceGroup>& groups, std::size_t lines) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < std::min(lines, groups.size()); ++i) count += groups[i].rows.size();
  return count;
}

}  // namespace lfmfit::render
