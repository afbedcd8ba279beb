#include "lfmfit/backend.hpp"

#include <algorithm>

#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

bool is_about(const DriverOverhead& row, const Device& device) {
  const auto& capabilities = row.compute_capabilities;
  return row.generation == device.generation &&
         (capabilities.empty() ||
          std::find(capabilities.begin(), capabilities.end(), device.compute_capability) != capabilities.end());
}

}  // namespace

const DriverOverhead& driver_overhead(const Backend& backend, const Device* device) {
  const DriverOverhead* general = nullptr;
  for (const DriverOverhead& row : backend.overheads) {
    if (device != nullptr && is_about(row, *device)) return row;
    if (row.generation.empty()) general = &row;
  }
  if (general != nullptr) return *general;
  const std::string generation = device != nullptr ? device->generation : std::string();
  throw Error(ErrorKind::kUnsupported, "the driver's share of memory is unknown for " + backend.name + " on '" +
                                           generation + "'; add a row to the backend's \"overheads\" in backends.json");
}

bool drives(const Backend& backend, const Device& device) {
  if (backend.name == device.backend) return true;
  const auto holds = [&](const DrivenDevices& driven) {
    const auto& classes = driven.classes;
    return (driven.vendor.empty() || driven.vendor == device.vendor) &&
           std::find(classes.begin(), classes.end(), device.device_class) != classes.end();
  };
  return std::any_of(backend.also_drives.begin(), backend.also_drives.end(), holds);
}

}  // namespace lfmfit
