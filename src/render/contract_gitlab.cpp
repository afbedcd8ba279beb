#include "render/contract.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

namespace {

const char* severity_of(CaseState state) {
  switch (state) {
    case CaseState::kError: return "critical";
    case CaseState::kFail: return "major";
    case CaseState::kWarn: return "minor";
    case CaseState::kKnown:
    case CaseState::kPass:
    case CaseState::kOff: break;
  }
  return "info";
}

/// GitLab wants a path of the repository without "./" in front.
std::string path_of(std::string path) {
  while (path.compare(0, 2, "./") == 0) path.erase(0, 2);
  return path;
}

}  // namespace

std::string contract_gitlab(const ContractResults& results) {
  Json json = Json::array();
  for (const ToldCase& told : told_cases(results)) {
    const ContractCase& asked = *told.result->asked;
    const std::string path = path_of(told.contract->path);
    for (const Problem& problem : problems_of(*told.result)) {
      json.push_back({{"description", printable(asked.id + ": " + problem.text)},
                      {"check_name", problem.rule},
                      {"fingerprint", fingerprint(path + '\n' + asked.id + '\n' + problem.rule)},
                      {"severity", severity_of(told.result->state)},
                      {"location", {{"path", path}, {"lines", {{"begin", asked.line}}}}}});
    }
  }
  return json_text(json, 1);
}

}  // namespace lfmfit::render
