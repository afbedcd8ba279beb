#include <fmt/format.h>

#include <algorithm>

#include "core/base/number_text.hpp"
#include "render/contract.hpp"
#include "render/figures.hpp"

namespace lfmfit::render {

namespace {

std::string seconds_text(Seconds seconds) { return fmt::format("{:.3g} s", seconds.value()); }

std::string speed_limit_text(TokenRate rate) { return fmt::format("{:g}", rate.value()); }

struct FigureText {
  std::string operator()(std::monostate) const { return "does not fit"; }
  std::string operator()(Bytes bytes) const { return gb_text(bytes); }
  std::string operator()(Tokens tokens) const { return grouped(tokens.count()) + " tokens"; }
  std::string operator()(TokenRate rate) const { return rate_text(rate) + " tok/s"; }
  std::string operator()(Seconds seconds) const { return seconds_text(seconds); }
  std::string operator()(Verdict verdict) const { return lfmfit::name_of(verdict); }
  std::string operator()(bool flag) const { return flag ? "yes" : "no"; }
};

std::string text_of(const Figure& figure) { return std::visit(FigureText(), figure); }

template <class Value>
Value as(const Figure& figure) {
  return std::get<Value>(figure);
}

std::string fits_text(const Finding& finding) {
  const Bytes missing = as<Bytes>(finding.found) - finding.usable;
  std::string text = fmt::format("needs {} of {}", text_of(finding.found), gb_text(finding.usable));
  if (missing > Bytes(0)) text += fmt::format(", {} missing", gb_text(missing));
  // only the cache that vLLM fills its share with can lack what the memory does not
  if (missing <= Bytes(0) && as<bool>(finding.limit) && finding.outcome == Outcome::kFails)
    text += ", but its cache does not hold all users at once";
  if (!as<bool>(finding.limit)) text += " (asked: must not fit)";
  return text;
}

/// "decode 43 tok/s (low edge), asked 15"
std::string speed_text(const char* what, const Finding& finding) {
  return fmt::format("{} {} ({}), asked {}", what, text_of(finding.found),
                     finding.bound == SpeedBound::kTypical ? "middle" : "low edge",
                     speed_limit_text(as<TokenRate>(finding.limit)));
}

template <class Value>
double number_of(const Figure& figure) {
  if constexpr (std::is_same_v<Value, Bytes> || std::is_same_v<Value, Tokens>)
    return static_cast<double>(as<Value>(figure).count());
  else
    return as<Value>(figure).value();
}

/// How much of what it was in the baseline the figure is now: "5.95 GB, 0.20 GB (3.5 %) more than 5.75 GB".
template <class Value>
std::string change_text(const char* what, const Finding& finding) {
  const double now = number_of<Value>(finding.found), then = number_of<Value>(finding.limit);
  const double percent = then > 0 ? 100 * (now - then) / then : 0;
  return fmt::format("{} {}, {:.1f} % {} than {}", what, text_of(finding.found), std::abs(percent),
                     percent < 0 ? "less" : "more", text_of(finding.limit));
}

std::string text_beside_unmeasured(const Finding& finding) {
  const bool is_missing = std::holds_alternative<std::monostate>(finding.found);
  if (is_missing) return finding.outcome == Outcome::kUnknown ? "not known" : "does not fit";
  switch (finding.rule) {
    case Rule::kFits: return fits_text(finding);
    case Rule::kVerdict: return fmt::format("{}, asked {}", text_of(finding.found), text_of(finding.limit));
    case Rule::kHeadroom: return fmt::format("leaves {}, asked {}", text_of(finding.found), text_of(finding.limit));
    case Rule::kMaxMemory:
    case Rule::kMaxHostMemory:
      return fmt::format("needs {}, at most {}", text_of(finding.found), text_of(finding.limit));
    case Rule::kMaxFile: return fmt::format("file {}, at most {}", text_of(finding.found), text_of(finding.limit));
    case Rule::kMinContext:
      return fmt::format("{} fit, asked {}", text_of(finding.found), grouped(as<Tokens>(finding.limit).count()));
    case Rule::kMinDecode: return speed_text("decode", finding);
    case Rule::kMinDecodeEach: return speed_text("decode of each user", finding);
    case Rule::kMinPrefill: return speed_text("prefill", finding);
    case Rule::kMaxFirstToken:
      return fmt::format("first token after {}, at most {}", text_of(finding.found), text_of(finding.limit));
    case Rule::kMeasured: return as<bool>(finding.found) ? "measured" : "nothing like it was measured";
    case Rule::kMoreMemory: return change_text<Bytes>("needs", finding);
    case Rule::kSlowerDecode: return change_text<TokenRate>("decode", finding);
    case Rule::kSlowerPrefill: return change_text<TokenRate>("prefill", finding);
    case Rule::kLaterFirstToken: return change_text<Seconds>("first token after", finding);
    case Rule::kLessContext: return change_text<Tokens>("the longest context is", finding);
  }
  return "";
}

bool is_held(Outcome outcome) { return outcome == Outcome::kHolds || outcome == Outcome::kUnmeasured; }

/// Whether the finding is one that the case's state comes from.
bool is_problem(const CaseResult& result, const Finding& finding) {
  if (!is_held(finding.outcome)) return true;
  return finding.outcome == Outcome::kUnmeasured && result.asked->when_unsure &&
         *result.asked->when_unsure != WhenUnsure::kPass;
}

void join(std::string& text, const std::string& more) {
  if (!more.empty()) text += (text.empty() ? "" : "; ") + more;
}

}  // namespace

std::string finding_text(const Finding& finding) {
  std::string text = text_beside_unmeasured(finding);
  if (finding.outcome == Outcome::kUnmeasured) text += ", not measured";
  if (finding.outcome == Outcome::kUnsure) text += ", inside the band";
  return text;
}

std::string key_of(Rule rule) {
  std::string key = lfmfit::name_of(rule);
  std::replace(key.begin(), key.end(), '-', '_');
  return key;
}

std::string findings_text(const CaseResult& result) {
  if (result.state == CaseState::kOff) return "off";
  std::string text;
  for (const Finding& finding : result.findings) {
    const char* mark = finding.outcome == Outcome::kUnknown ? "? " : is_problem(result, finding) ? "x " : "";
    join(text, fmt::format("{}{}: {}", mark, key_of(finding.rule), finding_text(finding)));
  }
  if (!result.problem.empty()) join(text, "? answer: " + result.problem);
  join(text, result.note);
  for (const std::string& warning : result.warnings) join(text, "note: " + warning);
  return text;
}

std::vector<Problem> problems_of(const CaseResult& result) {
  std::vector<Problem> problems;
  if (!result.problem.empty()) problems.push_back({"answer", result.problem});
  for (const Finding& finding : result.findings) {
    if (is_problem(result, finding) && finding.outcome != Outcome::kUnknown)
      problems.push_back({lfmfit::name_of(finding.rule), key_of(finding.rule) + ": " + finding_text(finding)});
  }
  return problems;
}

std::string reason_text(const CaseResult& result) {
  std::string text;
  for (const Problem& problem : problems_of(result)) join(text, problem.text);
  join(text, result.note);
  if (!result.asked->reason.empty() && result.state != CaseState::kPass) join(text, result.asked->reason);
  return text;
}

}  // namespace lfmfit::render
