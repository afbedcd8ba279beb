#include "render/contract.hpp"
#include "render/json_words.hpp"

namespace lfmfit::render {

namespace {

struct FigureJson {
  Json operator()(std::monostate) const { return nullptr; }
  Json operator()(Bytes bytes) const { return bytes.count(); }
  Json operator()(Tokens tokens) const { return tokens.count(); }
  Json operator()(TokenRate rate) const { return rate.value(); }
  Json operator()(Seconds seconds) const { return seconds.value(); }
  Json operator()(Verdict verdict) const { return lfmfit::name_of(verdict); }
  Json operator()(bool flag) const { return flag; }
};

const char* level_name(Level level) {
  switch (level) {
    case Level::kError: return "error";
    case Level::kWarn: return "warn";
    case Level::kOff: break;
  }
  return "off";
}

Json finding_json(const Finding& finding) {
  Json json = {{"rule", lfmfit::name_of(finding.rule)}, {"outcome", lfmfit::name_of(finding.outcome)}};
  if (!std::holds_alternative<std::monostate>(finding.found)) json["found"] = std::visit(FigureJson(), finding.found);
  json["limit"] = std::visit(FigureJson(), finding.limit);
  json["message"] = finding_text(finding);
  return json;
}

Json figures_json(const CaseFigures& figures) {
  Json json = {{"model", figures.model},
               {"device", figures.device},
               {"quantization", figures.quantization},
               {"context", figures.context.count()},
               {"users", figures.users},
               {"verdict", lfmfit::name_of(figures.verdict)},
               {"required_bytes", figures.required.count()},
               {"usable_bytes", figures.usable.count()},
               {"headroom_bytes", (figures.usable - figures.required).count()},
               {"file_bytes", figures.file.count()}};
  if (figures.decode) {
    json["decode_tok_s"] = figures.decode->value.value();
    json["decode_low_tok_s"] = figures.decode->low.value();
    json["decode_high_tok_s"] = figures.decode->high.value();
    json["speed_measured"] = figures.decode->measured;
  }
  if (figures.decode_each) json["decode_each_tok_s"] = figures.decode_each->value();
  if (figures.prefill) json["prefill_tok_s"] = figures.prefill->value();
  if (figures.first_token) json["first_token_s"] = figures.first_token->value();
  return json;
}

Json case_json(const CaseResult& result) {
  const ContractCase& asked = *result.asked;
  Json json = {{"id", asked.id},
               {"line", asked.line},
               {"state", lfmfit::name_of(result.state)},
               {"level", level_name(asked.level)},
               {"on", asked.on}};
  add_text(json, "reason", asked.reason);
  add_text(json, "owner", asked.owner);
  if (result.figures) json["figures"] = figures_json(*result.figures);
  json["findings"] = Json::array();
  for (const Finding& finding : result.findings) json["findings"].push_back(finding_json(finding));
  add_text(json, "problem", result.problem);
  add_text(json, "note", result.note);
  json["warnings"] = result.warnings;
  return json;
}

Json summary_json(const std::array<std::size_t, kCaseStates>& counts) {
  Json json = {{"cases", 0}};
  std::size_t all = 0;
  for (const CaseState state :
       {CaseState::kPass, CaseState::kWarn, CaseState::kFail, CaseState::kKnown, CaseState::kError, CaseState::kOff}) {
    const std::size_t count = counts[static_cast<std::size_t>(state)];
    json[lfmfit::name_of(state)] = count;
    all += count;
  }
  json["cases"] = all;
  return json;
}

}  // namespace

Json contract_json(const ContractResults& results, const std::string& version) {
  Json json = {
      {"schema", "lfmfit.contract-result/1"}, {"version", version}, {"summary", summary_json(count_states(results))}};
  json["contracts"] = Json::array();
  for (const ContractResult& result : results) {
    Json contract = {{"path", result.contract->path}};
    add_text(contract, "name", result.contract->name);
    contract["cases"] = Json::array();
    for (const CaseResult& each : result.cases) contract["cases"].push_back(case_json(each));
    contract["notes"] = result.notes;
    json["contracts"].push_back(std::move(contract));
  }
  return json;
}

}  // namespace lfmfit::render
