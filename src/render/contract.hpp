#pragma once

#include <array>
#include <string>
#include <vector>

#include "lfmfit/baseline.hpp"
#include "lfmfit/contract.hpp"
#include "render/json.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

using ContractResults = std::vector<ContractResult>;

/// What contracts came to, for people: a line for each case; with `quiet` of those only that do not pass.
std::string contract_text(const ContractResults& results, const Terminal& terminal, bool quiet);

/// The same for programs, one file each. `version` is lfmfit's.
Json contract_json(const ContractResults& results, const std::string& version);
std::string contract_junit(const ContractResults& results);
std::string contract_sarif(const ContractResults& results, const std::string& version);
/// Commands that GitHub shows as annotations: at most ten of a kind, since it drops those that follow.
std::string contract_github(const ContractResults& results);
/// A table for GitHub's job summary, below its limit of 1 MiB.
std::string contract_markdown(const ContractResults& results);
/// GitLab's report of code quality.
std::string contract_gitlab(const ContractResults& results);
/// TAP 13.
std::string contract_tap(const ContractResults& results);

/// Schema lfmfit.baseline/1, sorted by id.
std::string baseline_text(const Baseline& baseline, const std::string& runtime);

/// Pieces that the formats share.

/// "needs 5.75 GB of 5.72 GB, 0.03 GB missing"
std::string finding_text(const Finding& finding);

/// "min_decode": the key of a contract that sets the limit.
std::string key_of(Rule rule);

/// All findings of `result`, each behind its key, those that are not held marked with "x " or "? ".
std::string findings_text(const CaseResult& result);

/// What is wrong, without what holds: "fits: needs ...; headroom: ..."; of a case that passes its note.
std::string reason_text(const CaseResult& result);

/// "5 cases: 4 pass, 1 warn"
std::string states_text(const ContractResults& results);

/// How many cases of all contracts have each state.
std::array<std::size_t, kCaseStates> count_states(const ContractResults& results);

/// Whether a report of problems has to tell of `result`.
bool is_told(const CaseResult& result);

/// The cases that a report of problems tells of, the worst first, each with the contract it belongs to.
struct ToldCase {
  const Contract* contract;
  const CaseResult* result;
};
std::vector<ToldCase> told_cases(const ContractResults& results);

/// One rule of one case that is not held.
struct Problem {
  std::string rule;  ///< "min-decode"; "answer" where the case could not be answered
  std::string text;
};
std::vector<Problem> problems_of(const CaseResult& result);

/// Sixteen hexadecimal digits that stand for `text` and stay the same from run to run.
std::string fingerprint(const std::string& text);

}  // namespace lfmfit::render
