#pragma once

#include "catalog/row_table.hpp"
#include "lfmfit/model.hpp"

namespace lfmfit {

/// Adds to `model` what a row of data/model_parts.json says is published beside its text part. Throws Error(kBadFile)
/// naming file, row and key.
void read_model_parts(const RowText& row, Model& model);

}  // namespace lfmfit
