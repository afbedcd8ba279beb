#pragma once

#include <string_view>

namespace lfmfit {

/// Which state of data/ is built in.
struct CatalogStamp {
  std::string_view date;  ///< the newest day that a fact in it is of: "2026-10-13"
  std::string_view hash;  ///< of all its files: 16 hexadecimal digits
};

const CatalogStamp& catalog_stamp();

}  // namespace lfmfit
