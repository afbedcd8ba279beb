#pragma once

#include <string>
#include <vector>

#include "lfmfit/catalog.hpp"

namespace lfmfit {

/// The devices that people compare with, by data/well_known.json and what `overlays` add to it: few, of rising size.
/// They live as long as `catalog`. Throws Error(kBadFile) naming a row whose device there is not.
std::vector<const Device*> well_known_devices(const Catalog& catalog, std::vector<Overlay> overlays);

}  // namespace lfmfit
