#include <array>
#include <cctype>

#include "render/contract.hpp"
#include "render/html.hpp"

namespace lfmfit::render {

namespace {

constexpr const char* kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr const char* kHelp = "docs/contracts.md of lfmfit says what each limit means.";

/// What each rule asks, for whoever reads the report.
constexpr std::array<const char*, kRules> kDescriptions = {
    "The model fits the machine, or does not where that is asked.",
    "The verdict is as good as asked.",
    "As much memory is left as asked.",
    "The fullest GPU or pool needs no more memory than allowed.",
    "Memory beside the GPUs needs no more than allowed.",
    "The file is no larger than allowed.",
    "The longest context that fits is as long as asked.",
    "One request alone decodes as fast as asked.",
    "Each user gets tokens as fast as asked while all of them generate.",
    "Prompts are read as fast as asked.",
    "The first token comes as early as asked.",
    "Speeds rest on measurements of this machine.",
    "No more memory is needed than in the baseline.",
    "Decoding is no slower than in the baseline.",
    "Prompts are read no slower than in the baseline.",
    "The first token comes no later than in the baseline.",
    "The longest context is no shorter than in the baseline."};

Json rule_json(const std::string& id, const char* description) {
  return {{"id", id},
          {"shortDescription", {{"text", description}}},
          {"fullDescription", {{"text", description}}},
          {"help", {{"text", kHelp}}},
          {"defaultConfiguration", {{"level", "error"}}}};
}

Json rules_json() {
  Json rules = Json::array();
  for (std::size_t i = 0; i < kRules; ++i)
    rules.push_back(rule_json(lfmfit::name_of(static_cast<Rule>(i)), kDescriptions[i]));
  rules.push_back(rule_json("answer", "lfmfit can answer for this model on this machine."));
  return rules;
}

/// `path` as a URI relative to the folder of the sources: what may not stand in one is written as %XX.
std::string uri_of(std::string path) {
  while (path.compare(0, 2, "./") == 0) path.erase(0, 2);
  constexpr const char* kHex = "0123456789ABCDEF";
  std::string uri;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::string("-._~/").find(c) != std::string::npos) {
      uri += c;
    } else {
      uri += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return path.compare(0, 1, "/") == 0 ? "file://" + uri : uri;
}

const char* level_of(CaseState state) {
  switch (state) {
    case CaseState::kFail:
    case CaseState::kError: return "error";
    case CaseState::kWarn: return "warning";
    case CaseState::kKnown:
    case CaseState::kPass:
    case CaseState::kOff: break;
  }
  return "note";
}

Json location_json(const ToldCase& told) {
  Json file = {{"uri", uri_of(told.contract->path)}};
  if (told.contract->path.compare(0, 1, "/") != 0) file["uriBaseId"] = "%SRCROOT%";
  return {{"physicalLocation", {{"artifactLocation", file}, {"region", {{"startLine", told.result->asked->line}}}}}};
}

Json result_json(const ToldCase& told, const Problem& problem) {
  const std::string& id = told.result->asked->id;
  std::string text = id + ": " + problem.text;
  if (!told.result->note.empty()) text += "; " + told.result->note;
  return {{"ruleId", problem.rule},
          {"level", level_of(told.result->state)},
          {"message", {{"text", printable(text)}}},
          {"locations", Json::array({location_json(told)})},
          {"partialFingerprints", {{"caseAndRule/v1", fingerprint(id + '\n' + problem.rule)}}}};
}

}  // namespace

std::string contract_sarif(const ContractResults& results, const std::string& version) {
  Json found = Json::array();
  for (const ToldCase& told : told_cases(results)) {
    for (const Problem& problem : problems_of(*told.result)) found.push_back(result_json(told, problem));
  }
  const Json driver = {{"name", "lfmfit"}, {"version", version}, {"semanticVersion", version}, {"rules", rules_json()}};
  const Json run = {{"tool", {{"driver", driver}}},
                    {"automationDetails", {{"id", "lfmfit/contract/"}}},
                    {"columnKind", "utf16CodeUnits"},
                    {"results", found}};
  return json_text({{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", Json::array({run})}}, 1);
}

}  // namespace lfmfit::render
