#pragma once

#include <vector>

#include "lfmfit/catalog.hpp"
#include "lfmfit/report.hpp"

namespace lfmfit::ask {

/// Every device of the catalogue that `asked` drives, or all with their usual backend (null where the catalogue has
/// none of that name).
std::vector<ReportScope::Candidate> driven_devices(const Catalog& catalog, const Backend* asked);

/// The quantizations that a table of `question` lists: all, or the usual ones and the one that was asked for. A file is
/// stored in one way.
std::vector<const Quantization*> table_rows(const Question& question, bool all, const Catalog& catalog);

}  // namespace lfmfit::ask
