#include "lfmfit/backend.hpp"

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

}  // namespace lfmfit
