#include "lfmfit/backend.hpp"

#include <algorithm>

#include "lfmfit/error.hpp"

namespace lfmfit {

const DriverOverhead& driver_overhead(const Backend& backend, const std::string& generation) {
  const DriverOverhead* general = nullptr;
  for (const DriverOverhead& row : backend.overheads) {
    if (row.generation == generation) return row;
    if (row.generation.empty()) general = &row;
  }
  if (general != nullptr) return *general;
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
