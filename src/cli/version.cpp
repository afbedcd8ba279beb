#include "cli/version.hpp"

#include <fmt/format.h>

#include "catalog/catalog_stamp.hpp"
#include "lfmfit/release.hpp"

namespace lfmfit::cli {

std::string version_text() {
  const CatalogStamp& stamp = catalog_stamp();
  return fmt::format(
      "lfmfit {}, memory as {} allocates it (--runtime names others)\ncatalogue of {}, {}; your own facts come on "
      "top\n",
      LFMFIT_VERSION, releases().back().name, stamp.date, stamp.hash);
}

render::Json catalog_json() { return {{"date", catalog_stamp().date}, {"hash", catalog_stamp().hash}}; }

}  // namespace lfmfit::cli
