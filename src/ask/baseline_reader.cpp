#include "ask/baseline_reader.hpp"

#include <fmt/format.h>

#include <optional>

#include "catalog/strict_json.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

constexpr const char* kBaselineSchema = "lfmfit.baseline/1";

template <class Value>
std::optional<Value> rate(StrictObject& row, const char* key) {
  return row.has(key) ? std::optional(Value(row.number(key))) : std::nullopt;
}

template <class Value>
std::optional<Value> whole(StrictObject& row, const char* key) {
  return row.has(key) ? std::optional(Value(row.integer(key))) : std::nullopt;
}

CaseState state_called(StrictObject& row) {
  const std::string word = row.text("state");
  for (const CaseState state : {CaseState::kPass, CaseState::kWarn, CaseState::kFail, CaseState::kError}) {
    if (word == name_of(state)) return state;
  }
  row.fail("state", "must be pass, warn, fail or error");
}

BaselineCase read_case(StrictObject& row) {
  BaselineCase each;
  each.state = state_called(row);
  each.required = whole<Bytes>(row, "required_bytes");
  each.decode = rate<TokenRate>(row, "decode_tok_s");
  each.prefill = rate<TokenRate>(row, "prefill_tok_s");
  each.first_token = rate<Seconds>(row, "first_token_s");
  each.context = whole<Tokens>(row, "context");
  row.finish();
  return each;
}

}  // namespace

Baseline read_baseline(const std::string& path, const std::string& text) {
  const nlohmann::json document = parse_json(path, text);
  StrictObject root(document, path);
  if (root.text("schema") != kBaselineSchema)
    root.fail("schema", fmt::format("must be \"{}\"; write the baseline anew with --write-baseline", kBaselineSchema));
  Baseline baseline;
  baseline.version = root.text("lfmfit");
  root.text_or("runtime", "");
  StrictObject cases = root.object("cases");
  root.finish();
  for (const std::string& id : cases.keys()) {
    StrictObject row = cases.object(id);
    baseline.cases.emplace(id, read_case(row));
  }
  return baseline;
}

}  // namespace lfmfit::ask
