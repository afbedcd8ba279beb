#include "catalog/well_known.hpp"

#include <algorithm>
#include <utility>

#include "catalog/row_reader.hpp"
#include "catalog/sources.hpp"

namespace lfmfit {

std::vector<const Device*> well_known_devices(const Catalog& catalog, std::vector<Overlay> overlays) {
  Sources sources(std::move(overlays));
  std::vector<const Device*> found;
  for (const RowText& row : sources.table("well_known").rows()) {
    RowReader reader(row.path, row.text, row.id);
    const std::string id = reader.text("id");
    reader.text("source");
    reader.finish();
    const auto device = std::find_if(catalog.devices().begin(), catalog.devices().end(),
                                     [&](const Device& known) { return known.id == id; });
    if (device == catalog.devices().end()) reader.fail("id", "is that of no device; `lfmfit list devices` has them");
    found.push_back(&*device);
  }
  return found;
}

}  // namespace lfmfit
