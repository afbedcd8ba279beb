#include "lfmfit/baseline.hpp"

#include <set>

namespace lfmfit {

namespace {

/// Whether `now` is worse than `then`, which is `worse` more of it, by more than both parts of `tolerance`.
bool exceeds(double worse, double then, const Tolerance& tolerance) {
  return worse > tolerance.absolute && worse > then * tolerance.percent / 100;
}

double plain(Bytes bytes) { return static_cast<double>(bytes.count()); }
double plain(Tokens tokens) { return static_cast<double>(tokens.count()); }
double plain(TokenRate rate) { return rate.value(); }
double plain(Seconds seconds) { return seconds.value(); }

/// Collects what became worse.
class Comparison {
 public:
  template <class Value>
  void more(Rule rule, std::optional<Value> now, std::optional<Value> then, const Tolerance& tolerance) {
    if (now && then && exceeds(plain(*now) - plain(*then), plain(*then), tolerance)) add(rule, *now, *then);
  }
  template <class Value>
  void less(Rule rule, std::optional<Value> now, std::optional<Value> then, const Tolerance& tolerance) {
    if (now && then && exceeds(plain(*then) - plain(*now), plain(*then), tolerance)) add(rule, *now, *then);
  }

  std::vector<Finding> worse;

 private:
  void add(Rule rule, const Figure& now, const Figure& then) {
    worse.push_back({rule, Outcome::kFails, now, then, {}, SpeedBound::kTypical});
  }
};

std::optional<TokenRate> value_of(const std::optional<SpeedEstimate>& speed) {
  return speed ? std::optional(speed->value) : std::nullopt;
}

/// A context is only compared where it is an answer: the longest that fits.
std::vector<Finding> regressions(const ContractCase& asked, const CaseFigures& now, const BaselineCase& then,
                                 const Tolerances& tolerances) {
  Comparison comparison;
  comparison.more(Rule::kMoreMemory, std::optional(now.required), then.required, tolerances.memory);
  comparison.less(Rule::kSlowerDecode, value_of(now.decode), then.decode, tolerances.decode);
  comparison.less(Rule::kSlowerPrefill, now.prefill, then.prefill, tolerances.prefill);
  comparison.more(Rule::kLaterFirstToken, now.first_token, then.first_token, tolerances.first_token);
  if (asked.asked.context_each == NumberOrWord("fit") || asked.asked.max_model_len == NumberOrWord("auto"))
    comparison.less(Rule::kLessContext, std::optional(now.context), then.context, tolerances.context);
  return comparison.worse;
}

bool held(CaseState state) { return state == CaseState::kPass || state == CaseState::kWarn; }

/// One case beside what it was.
void compare_case(CaseResult& now, const BaselineCase& then, const Tolerances& tolerances, const std::string& ending) {
  if (now.state == CaseState::kFail && !held(then.state)) {
    now.state = CaseState::kKnown;
    now.note = "it did not hold in the baseline either";
    return;
  }
  if (now.state == CaseState::kPass && !held(then.state)) now.note = "mended since the baseline: write that anew";
  if (!now.figures || now.state == CaseState::kError || !held(then.state)) return;
  const std::vector<Finding> worse = regressions(*now.asked, *now.figures, then, tolerances);
  if (worse.empty()) return;
  now.findings.insert(now.findings.end(), worse.begin(), worse.end());
  now.state = state_of(now.findings, now.asked->level, now.asked->when_unsure);
  now.note = "worse than in the baseline" + ending;
}

}  // namespace

Baseline baseline_of(const ContractResult& result, const std::string& version) {
  Baseline baseline{version, {}};
  for (const CaseResult& each : result.cases) {
    if (each.state == CaseState::kOff) continue;
    BaselineCase& kept = baseline.cases[each.asked->id];
    kept.state = each.state == CaseState::kKnown ? CaseState::kFail : each.state;
    if (!each.figures) continue;
    kept.required = each.figures->required;
    kept.decode = value_of(each.figures->decode);
    kept.prefill = each.figures->prefill;
    kept.first_token = each.figures->first_token;
    kept.context = each.figures->context;
  }
  return baseline;
}

void compare(ContractResult& result, const Baseline& baseline, const std::string& version) {
  const std::string ending =
      baseline.version == version ? "" : " (lfmfit " + baseline.version + " -> " + version + " changed its rules)";
  std::set<std::string> ids;
  for (CaseResult& each : result.cases) {
    ids.insert(each.asked->id);
    const auto then = baseline.cases.find(each.asked->id);
    if (then == baseline.cases.end() || each.state == CaseState::kOff) continue;
    compare_case(each, then->second, result.contract->tolerances, ending);
  }
  for (const auto& [id, then] : baseline.cases) {
    if (ids.count(id) == 0) result.notes.push_back("\"" + id + "\" is in the baseline and no longer in the contract");
  }
}

}  // namespace lfmfit
