#pragma once

#include <string_view>
#include <vector>

#include "catalog/device_index.hpp"
#include "catalog/row_table.hpp"

namespace lfmfit {

/// A row of data/device_names.json, or of data/pci_ids.json, whose name is under `name_key`. Throws Error(kBadFile).
PrintedName read_device_name(const RowText& row, std::string_view name_key);

/// All rows of data/device_names.json. Throws Error(kBadFile).
std::vector<PrintedName> read_device_names(const RowTable& table);

}  // namespace lfmfit
