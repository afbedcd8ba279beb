// What a contract came to before, to tell what became worse.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "lfmfit/contract.hpp"

namespace lfmfit {

/// One case as it was.
struct BaselineCase {
  CaseState state = CaseState::kPass;
  std::optional<Bytes> required;
  std::optional<TokenRate> decode, prefill;
  std::optional<Seconds> first_token;
  std::optional<Tokens> context;  ///< of each user
};

/// What `--write-baseline` keeps.
struct Baseline {
  std::string version;                        ///< of lfmfit
  std::map<std::string, BaselineCase> cases;  ///< by id
};

/// What is worth keeping of `result`, which `version` of lfmfit came to. Cases that are off are left out.
Baseline baseline_of(const ContractResult& result, const std::string& version);

/// Judges `result` beside `baseline`: what fails as it did there is known; what holds but became worse by more than the
/// contract's tolerances fails with a finding that says by how much. What was mended or is gone becomes a note.
void compare(ContractResult& result, const Baseline& baseline, const std::string& version);

}  // namespace lfmfit
