#pragma once

#include "catalog/device_index.hpp"
#include "catalog/row_table.hpp"

namespace lfmfit {

/// A row of data/device_names.json. Throws Error(kBadFile).
PrintedName read_device_name(const RowText& row);

}  // namespace lfmfit
