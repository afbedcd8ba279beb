#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/row_table.hpp"
#include "lfmfit/gguf_files.hpp"
#include "lfmfit/program.hpp"

namespace lfmfit {

/// The rows of data/command_lines.json, in the file's order. Throws Error(kBadFile) naming `path`, row and key.
std::vector<Program> read_programs(std::string_view path, std::string_view text);

/// A row of data/gguf_repositories.json. Throws Error(kBadFile).
GgufFiles read_gguf_files(const RowText& row);

}  // namespace lfmfit
