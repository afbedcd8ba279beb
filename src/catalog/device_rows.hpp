#pragma once

#include "catalog/row_table.hpp"
#include "lfmfit/device.hpp"

namespace lfmfit {

/// A row of data/devices/*.json. Throws Error(kBadFile) naming file, row and key.
Device read_device(const RowText& row);

}  // namespace lfmfit
