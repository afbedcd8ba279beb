#pragma once

#include "catalog/row_reader.hpp"
#include "catalog/row_table.hpp"
#include "lfmfit/architecture.hpp"

namespace lfmfit {

/// A row of data/architectures.json. Throws Error(kBadFile) naming file, row and key.
Architecture read_architecture(const RowText& row);

/// The settings that an object of a data file holds: whole numbers, true and false as 1 and 0, and words of choices.
Settings read_settings(RowReader reader);

/// The letter that a key of a data file is.
char read_letter(const RowReader& reader, std::string_view key);

}  // namespace lfmfit
