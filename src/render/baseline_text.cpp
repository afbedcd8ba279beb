#include "render/contract.hpp"

namespace lfmfit::render {

namespace {

Json case_json(const BaselineCase& each) {
  Json json = {{"state", lfmfit::name_of(each.state)}};
  if (each.required) json["required_bytes"] = each.required->count();
  if (each.decode) json["decode_tok_s"] = each.decode->value();
  if (each.prefill) json["prefill_tok_s"] = each.prefill->value();
  if (each.first_token) json["first_token_s"] = each.first_token->value();
  if (each.context) json["context"] = each.context->count();
  return json;
}

}  // namespace

std::string baseline_text(const Baseline& baseline, const std::string& runtime) {
  Json cases = Json::object();
  for (const auto& [id, each] : baseline.cases) cases[id] = case_json(each);
  return json_text(
      {{"schema", "lfmfit.baseline/1"}, {"lfmfit", baseline.version}, {"runtime", runtime}, {"cases", cases}}, 1);
}

}  // namespace lfmfit::render
