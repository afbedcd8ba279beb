#pragma once

#include "catalog/row_table.hpp"
#include "lfmfit/backend.hpp"

namespace lfmfit {

/// A row of data/backends.json. Throws Error(kBadFile) naming file, row and key.
Backend read_backend(const RowText& row);

}  // namespace lfmfit
