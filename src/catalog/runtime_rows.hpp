#pragma once

#include "catalog/row_table.hpp"
#include "lfmfit/runtime.hpp"

namespace lfmfit {

/// A row of data/runtimes.json. Throws Error(kBadFile) naming file, row and key.
Backend read_backend(const RowText& row);

}  // namespace lfmfit
