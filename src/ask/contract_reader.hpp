#pragma once

#include <string>
#include <string_view>

#include "ask/contract_object.hpp"
#include "lfmfit/contract.hpp"

namespace lfmfit::ask {

/// The contract in `text`, the file at `path` (data/schema/contract.schema.json describes it), for `version` of lfmfit.
/// Paths in it are relative to it. What is wrong is noted among `faults`, and what could be read is returned all the
/// same. Throws Error(kBadFile) where it is no JSON object.
Contract read_contract(const std::string& path, std::string_view text, std::string_view version, Faults& faults);

}  // namespace lfmfit::ask
