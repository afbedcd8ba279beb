#pragma once

#include "catalog/row_table.hpp"
#include "lfmfit/model_task.hpp"

namespace lfmfit {

/// A row of data/model_tasks.json. Throws Error(kBadFile) naming file, row and key.
ModelTask read_model_task(const RowText& row);

}  // namespace lfmfit
