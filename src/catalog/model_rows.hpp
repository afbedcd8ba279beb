#pragma once

#include <functional>
#include <string_view>

#include "catalog/row_table.hpp"
#include "lfmfit/architecture.hpp"
#include "lfmfit/model.hpp"

namespace lfmfit {

/// Gives the architecture of a name; throws where there is none.
using ArchitectureLookup = std::function<const Architecture&(std::string_view name)>;

/// The model of a row of data/models/*.json. A row with "shape_of" takes its shape from that row of `table` and its
/// card from itself. Throws Error(kBadFile) naming file, row and key, also where "parameters" is not what the shape
/// has.
Model read_model(const RowText& row, const RowTable& table, const ArchitectureLookup& architecture);

}  // namespace lfmfit
