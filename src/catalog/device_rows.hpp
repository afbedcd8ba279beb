#pragma once

#include <string>
#include <string_view>

#include "catalog/memory_rules.hpp"
#include "catalog/row_reader.hpp"
#include "catalog/row_table.hpp"
#include "lfmfit/device.hpp"

namespace lfmfit {

/// The class that rows call `word`. Throws Error(kBadFile) about `key` of the row that is read.
DeviceClass device_class_called(const std::string& word, const RowReader& reader, std::string_view key);

/// A row of data/devices/*.json; what it does not say of its memory follows from `rules`.
/// Throws Error(kBadFile) naming file, row and key.
Device read_device(const RowText& row, const MemoryRules& rules);

}  // namespace lfmfit
