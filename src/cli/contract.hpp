#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace lfmfit::cli {

/// Whether the arguments of `check` ask for contracts, not for one model.
bool asks_for_contract(const std::vector<std::string>& args);

/// lfmfit check --contract FILE...: do models keep what contracts ask of them? Throws ask::FaultyContract with all that
/// is wrong with the contracts.
int run_contract(const Session& session);

}  // namespace lfmfit::cli
